"""The log of a vault: numbered without a gap, appended by whoever had read all, followed as it grows."""

import hashlib
import threading

import pytest
from tests.installation import Caller, Installation, wait_until
from tests.vault.sealed import START, Vault, as_named, named


def test_events_are_numbered_without_a_gap(vault: Vault) -> None:
    for n in range(1, 6):
        answer = vault.append(f"event {n}")
        assert (answer.status_code, answer.json()["n"]) == (200, n)
        assert answer.json()["sha256"] == hashlib.sha256(f"event {n}".encode()).hexdigest()
        assert answer.headers["etag"] == f'"{n}-{answer.json()["sha256"]}"'
    page = vault.by.get(f"{vault.path}/log", params={"after": 2, "limit": 2}).json()
    assert [(each["n"], each["event"]) for each in page["entries"]] == [(3, "event 3"), (4, "event 4")]
    assert page["head"] == vault.head()


def test_of_many_at_once_exactly_one_wins(vault: Vault, installation: Installation) -> None:
    start, devices = threading.Barrier(6), [vault.device()[1] for _ in range(6)]
    answers: list[tuple[int, str]] = []

    def race(device: Caller, mine: int) -> None:
        seen = vault.as_seen(device)
        start.wait(20)
        answer = seen.append(f"by {mine}", START)
        answers.append((answer.status_code, answer.json().get("type", "")))

    threads = [threading.Thread(target=race, args=(device, n)) for n, device in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [(200, "")] + [(409, "urn:albumen:problem:head-moved")] * 5
    assert vault.head()["n"] == 1


def test_a_head_with_another_hash_is_another(vault: Vault) -> None:
    vault.append("one")
    assert vault.append("two", {"n": 1, "sha256": "f" * 64}).status_code == 409
    unsaid = vault.by.post(f"{vault.path}/log", json={"event": "two"})
    assert unsaid.status_code == 400
    for wrong in ("*", '"1"', "1-" + "g" * 64):
        answer = vault.by.post(f"{vault.path}/log", json={"event": "two"}, headers={"If-Match": wrong})
        assert answer.status_code == 400
    assert vault.head()["n"] == 1


def test_an_event_needs_its_blobs(vault: Vault) -> None:
    content = vault.filled()
    there = as_named(content, "a")
    for wrong in (as_named(b"absent", "b"), {**there, "size": 999}, {**there, "sha256": "0" * 64}):
        answer = vault.append("put", blobs=[there, wrong])
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:albumen:problem:blobs-missing")
    assert vault.head() == START
    assert vault.append("put", blobs=[there]).status_code == 200


def test_a_state_follows_the_one_before(vault: Vault) -> None:
    one = {"signature": named("k"), "rev": 1, "record": "v2.record.mac"}
    assert vault.append("put", row=one).status_code == 200
    for wrong in ({**one, "rev": 1}, {**one, "rev": 3}, {**one, "signature": named("l"), "rev": 2}):
        assert vault.append("edit", row=wrong).status_code == 409
    gone = {"signature": named("k"), "rev": 2, "proof": "proof"}
    assert vault.append("delete", row=gone).status_code == 200
    vault.append("put", row={"signature": named("b"), "rev": 1, "record": "v2.other.mac"})
    states = vault.by.get(f"{vault.path}/states", params={"limit": 1}).json()
    assert (states["rows"][0]["signature"], states["next"]) == (named("b"), named("b"))
    rest = vault.by.get(f"{vault.path}/states", params={"after": states["next"]}).json()
    assert rest == {"rows": [gone]}
    page = vault.by.get(f"{vault.path}/log").json()
    assert [each.get("row") for each in page["entries"]][:2] == [one, gone]


@pytest.mark.parametrize("event", ["é", "a\nb", "\x00", "x" * (256 * 1024 + 1)])
def test_what_is_no_event(vault: Vault, event: str) -> None:
    assert vault.append(event).status_code in (400, 413)
    assert vault.head() == START


def test_a_page_is_bounded_in_bytes(vault: Vault) -> None:
    large = "x" * (256 << 10)
    head = START
    for _ in range(17):
        head = vault.append(large, head).json()
    first = vault.by.get(f"{vault.path}/log").json()["entries"]
    assert len(first) == 16, "four mebibytes"
    rest = vault.by.get(f"{vault.path}/log", params={"after": 16}).json()["entries"]
    assert [each["n"] for each in rest] == [17]


def test_a_full_vault_takes_no_event(vault: Vault) -> None:
    vault.by.call("PATCH", vault.path, json={"quotaBytes": 10})
    assert vault.append("12345").status_code == 200
    assert vault.append("123456").status_code == 507
    assert vault.head()["n"] == 1


def test_who_waits_hears_of_the_next_event(vault: Vault, installation: Installation) -> None:
    device = vault.device()[1]
    heard: list[list[str]] = []

    def wait() -> None:
        answer = device.get(f"{vault.path}/log", params={"wait": 60})
        heard.append([each["event"] for each in answer.json()["entries"]])

    waiting = threading.Thread(target=wait)
    waiting.start()
    chimes = installation.app.works.chimes
    wait_until(lambda: chimes._ears, "the device to wait")
    vault.append("news")
    waiting.join(30)
    assert heard == [["news"]]
    assert vault.by.get(f"{vault.path}/log", params={"after": 1, "wait": 0}).json()["entries"] == []
