"""The keeper's pages, without JavaScript: each page and each form once, and nothing for anybody else."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests import make
from tests.installation import Installation
from tests.vault.sealed import Vault
from tests.web.desk import Desk

from albumen.accounts import sessions, users
from albumen.accounts.models import SecondFactor, User
from albumen.changes.models import AuditEntry
from albumen.jobs.models import Job, Schedule, State
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Denied
from albumen.mail import MemoryMail
from albumen.operations import health, space, watching, work
from albumen.settings import Settings

PAGES = ("", "/users", "/jobs", "/storage", "/health", "/audit", "/settings", "/audit.csv", "/jobs?state=failed")
KEEPER = Actor(None, is_keeper=True)


def of_mail(installation: Installation) -> Settings:
    settings = installation.app.settings
    return settings.model_copy(update={"mail": settings.mail.model_copy(update={"host": "mail.example"})})


@pytest.fixture
def desk(installation: Installation) -> Iterator[Desk]:
    with closing(Desk(installation, "alice")) as desk:
        with installation.app.writing(SYSTEM) as unit:
            users.set_keeper(unit, users.with_id(unit, "alice"), is_keeper=True)
        yield desk


@pytest.fixture
def other(installation: Installation) -> Iterator[Desk]:
    with closing(Desk(installation, "bob")) as desk:
        yield desk


def failed(installation: Installation, kind: str = "letter", **values: object) -> int:
    """A job that failed, by its number."""
    with installation.app.writing(SYSTEM) as unit:
        told = {"state": State.failed, "attempts": 3, "error": "The mail server is away.", "finished_at": unit.now}
        unit.jobs.add(kind, f"subject {values.get('dedupe', '')}")
        unit.db.execute(update(Job).where(Job.state == State.ready).values(**{**told, **values}))
        return max(unit.db.query(Job.id).all())[0]


def job(installation: Installation, job_id: int) -> Job | None:
    with installation.app.reading(SYSTEM) as unit:
        return unit.db.get(Job, job_id)


def test_only_keepers_see_them(installation: Installation, desk: Desk, other: Desk) -> None:
    user = ids.encode(installation.user("bob").id)
    job_id = failed(installation)
    for path in (*PAGES, f"/users/{user}", f"/jobs/{job_id}"):
        refused = other.get(f"/admin{path}")
        assert refused.status_code == 403
        assert "Only those who look after this server see this." in refused.text
        assert desk.get(f"/admin{path}").status_code == 200, path
    deeds = ("retry", "forget", f"{job_id}/retry", f"{job_id}/cancel")
    for path in (*(f"jobs/{each}" for each in deeds), "users/invite", f"users/{user}/change", f"users/{user}/remove"):
        assert other.submit(f"/admin/{path}", email="eve@example.org").status_code == 403
    assert 'href="/admin"' in desk.page("/more")
    assert 'href="/admin"' not in other.page("/more")


def test_verbs_behind_them_take_a_keeper(installation: Installation, other: Desk) -> None:
    nobody = Actor(installation.user("bob").id)
    with installation.app.reading(nobody) as unit:
        for look in (
            lambda: work.by_kind(unit),
            lambda: work.listed(unit, states=()),
            lambda: work.retry_all(unit),
            lambda: watching.entries(unit, watching.Sought()),
            lambda: watching.deeds(unit),
            lambda: space.of_house(installation.app, unit),
            lambda: health.checks(installation.app, unit, "http://localhost"),
        ):
            with pytest.raises(Denied):
                look()


def test_a_failed_job_shows_its_cause_and_is_tried_again(installation: Installation, desk: Desk) -> None:
    job_id = failed(installation)
    page = desk.page("/admin/jobs")
    assert "The mail server is away." in page
    assert "Send letters of events" in page
    assert "The mail server is away." in desk.page(f"/admin/jobs/{job_id}")
    assert desk.sent(f"/admin/jobs/{job_id}/retry").endswith("done=retried")
    tried = job(installation, job_id)
    assert tried
    assert (tried.state, tried.attempts, tried.error) == (State.ready, 0, None)
    assert desk.submit(f"/admin/jobs/{job_id}/retry").status_code == 409
    assert desk.sent(f"/admin/jobs/{job_id}/cancel").endswith("done=cancelled")
    stopped = job(installation, job_id)
    assert stopped
    assert stopped.state == State.cancelled
    assert "cancelled" in desk.page("/admin/jobs?state=ended")
    for path in ("nothing", "99999999", "9" * 30):
        assert desk.get(f"/admin/jobs/{path}").status_code == 404
    assert desk.get("/admin/jobs?state=nonsense").status_code == 400


def test_all_that_failed_is_tried_again_or_cleared(installation: Installation, desk: Desk) -> None:
    first, second = failed(installation), failed(installation, "sweep")
    with installation.app.writing(SYSTEM) as unit:  # the same is asked for again already
        unit.jobs.add("letter", "subject ")
    desk.sent("/admin/jobs/retry")
    assert job(installation, first) is None
    again = job(installation, second)
    assert again
    assert again.state == State.ready
    third = failed(installation, "letter", dedupe=None)
    assert "done=forgotten" in desk.sent("/admin/jobs/forget")
    assert job(installation, third) is None
    with installation.app.reading(KEEPER) as unit:
        deeds = [entry.deed for entry, _ in watching.entries(unit, watching.Sought()).items]
    assert deeds.count("retry jobs") == deeds.count("forget jobs") == 1


def test_users_are_invited_changed_and_shut_out(installation: Installation, desk: Desk, other: Desk) -> None:
    invited = desk.submit("/admin/users/invite", email="carol@example.org", name="Carol")
    found = re.search(r"<code>http://\S+(/invite/\S+)</code>", invited.text)
    assert found  # no mail is set up: the keeper passes it on
    assert other.get(found[1]).status_code == 200
    assert "Somebody uses this" in desk.submit("/admin/users/invite", email="carol@example.org").text
    page = desk.page("/admin/users?q=CAROL")
    assert "carol@example.org" in page
    assert "bob" not in page
    with installation.app.reading(SYSTEM) as unit:
        carol = users.named(unit, "carol@example.org")
    path = f"/admin/users/{ids.encode(carol.id)}"
    assert "invited" in desk.page(path)
    told = {"name": "Caroline", "email": "caro@example.org", "limit": "own", "gigabytes": "1,5"}
    assert desk.sent(f"{path}/change", **told) == f"{path}?done=saved"
    with installation.app.reading(SYSTEM) as unit:
        carol = unit.db.get_one(User, carol.id)
    assert (carol.name, carol.email, carol.quota_bytes, carol.is_keeper) == (
        *("Caroline", "caro@example.org"),
        *(1_500_000_000, False),
    )
    assert desk.submit(f"{path}/change", **{**told, "gigabytes": "lots"}).status_code == 422
    assert desk.sent(f"{path}/remove").endswith("done=removed")
    assert other.get(found[1]).status_code == 410
    assert "shut out" in desk.page(path)
    assert desk.sent(f"{path}/restore").endswith("done=restored")
    assert desk.submit(f"{path}/invite").status_code == 200
    with installation.app.reading(SYSTEM) as unit:
        assert [each.details for each in unit.db.query(AuditEntry).filter_by(deed="invite", result="done")].count(
            {"again": True}
        ) == 1
    assert desk.submit(f"{path}/nonsense").status_code == 400
    assert desk.get("/admin/users/nobody").status_code == 404


def test_who_is_let_in_again_has_no_devices(installation: Installation, desk: Desk) -> None:
    vault = Vault(installation.caller("bob"))
    _, device = vault.device()
    assert device.get(vault.path).status_code == 200
    path = f"/admin/users/{ids.encode(installation.user('bob').id)}"
    desk.sent(f"{path}/remove")
    desk.sent(f"{path}/restore")
    assert device.get(vault.path).status_code == 401
    assert vault.seen()["vaultId"] == vault.name


def test_the_last_keeper_stays_one(installation: Installation, desk: Desk) -> None:
    path = f"/admin/users/{ids.encode(installation.user('alice').id)}"
    refused = desk.submit(f"{path}/change", name="Alice", limit="none")
    assert "This is the last keeper." in refused.text
    assert desk.submit(f"{path}/remove").status_code == 409


def test_a_lost_second_factor_and_lost_devices_are_reset(installation: Installation, desk: Desk, other: Desk) -> None:
    bob = installation.user("bob")
    with installation.app.writing(SYSTEM) as unit:
        unit.db.add(SecondFactor(user_id=bob.id, sealed=b"", created_at=unit.now))
    path = f"/admin/users/{ids.encode(bob.id)}"
    assert "second factor" in desk.page(path)
    desk.sent(f"{path}/reset")
    assert installation.rows(SecondFactor) == 0
    assert desk.sent(f"{path}/sign-out").endswith("done=ended")
    assert other.get("/library").headers["location"].startswith("/login")
    assert "reset a second factor" in desk.page("/admin/audit")


def test_with_mail_an_invitation_is_sent(installation: Installation) -> None:
    mail = MemoryMail()
    house = Installation(replace(installation.app, mail=mail, settings=of_mail(installation)), installation.clock)
    with closing(Desk(house, "alice")) as desk:
        with house.app.writing(SYSTEM) as unit:
            users.set_keeper(unit, users.with_id(unit, "alice"), is_keeper=True)
        assert desk.sent("/admin/users/invite", email="carol@example.org").endswith("done=invited")
        house.work_off()
    assert [each.to for each in mail.letters] == ["carol@example.org"]


def test_storage_adds_up(installation: Installation, desk: Desk) -> None:
    shelf = installation.caller("alice").library()
    shelf.add(make.photo())
    installation.work_off()
    with installation.app.reading(KEEPER) as unit:
        holdings = space.of_house(installation.app, unit)
    stored = sum(each.size_bytes for each in installation.app.blobs.list())
    assert holdings.originals + holdings.renditions == stored
    assert holdings.grown == stored
    assert holdings.days_left
    assert holdings.days_left > 0
    assert "At this pace" in desk.page("/admin/storage")


def test_health_names_what_is_wrong_and_the_fix(installation: Installation, desk: Desk) -> None:
    page = desk.page("/admin/health")
    assert "Nobody takes up jobs." in page  # no crew has ever run here
    assert "ALBUMEN_MAIL_HOST" in page
    assert "ALBUMEN_SERVER_PUBLIC_URL" in page
    failed(installation)
    installation.work_off()
    page = desk.page("/admin/health")
    assert "Nobody takes up jobs." not in page
    assert "1 failed. The files themselves are kept." in page
    assert "/admin/jobs?state=failed" in page
    with installation.app.writing(SYSTEM) as unit:
        unit.db.execute(update(Schedule).values(next_at=unit.now - timedelta(minutes=5)))
        sessions.start(unit, users.with_id(unit, "alice"), days=1)
        entry = {"deed": "odd", "thing": "user", "thing_id": 1, "result": "done", "details": {}}
        unit.db.add(AuditEntry(at=unit.now + timedelta(days=1), actor_id=None, **entry))
    page = desk.page("/admin/health")
    assert "Nobody takes up jobs." in page
    assert "there are entries from later" in page
    assert "act now" in desk.page("/admin")


def test_the_log_is_filtered_paged_and_given_as_a_table(installation: Installation, desk: Desk) -> None:
    alice = installation.user("alice")
    with installation.app.writing(Actor(alice.id, is_keeper=True)) as unit:
        for number in range(5):
            told = {"thing": "event", "thing_id": number + 1, "result": "done", "details": {"note": "=1+1"}}
            unit.db.add(AuditEntry(at=unit.now, actor_id=alice.id, deed="publish", **told))
    with installation.app.reading(KEEPER) as unit:
        first = watching.entries(unit, watching.Sought("publish"), limit=3)
        rest = watching.entries(unit, watching.Sought("publish"), limit=3, cursor=first.next)
    assert len({entry.thing_id for entry, _ in (*first.items, *rest.items)}) == 5
    assert rest.next is None
    assert desk.page("/admin/audit?deed=publish&who=alice").count("<td>published an event") == 5
    assert "Nothing was noted" in desk.page("/admin/audit?deed=publish&who=nobody")
    assert "Nothing was noted" in desk.page("/admin/audit?deed=publish&end=2020-01-01")
    assert desk.get("/admin/audit?begin=yesterday").status_code == 400
    table = desk.get("/admin/audit.csv?deed=publish")
    assert table.headers["content-type"].startswith("text/csv")
    assert len(table.text.splitlines()) == 6


def test_settings_are_shown_without_secrets(installation: Installation, desk: Desk) -> None:
    page = desk.page("/admin/settings")
    assert "ALBUMEN_UPLOAD_RESERVE_BYTES" in page
    assert "ALBUMEN_SECRET" in page
    assert installation.app.settings.secret.get_secret_value() not in page
    assert "first-application-key" not in page
    assert "set; not shown" in page
