"""What guests did, as their host sees it."""

import csv
import io

from tests.events.party import Party
from tests.installation import Installation

from albumen.events import doings, guests
from albumen.events.doings import Did
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM


def did(party: Party, token: str, kind: Did, file_id: str = "", count: int = 1) -> None:
    """Have a guest do something."""
    with party.installation.app.writing(SYSTEM) as unit:
        visit = guests.resume(unit, token)
        doings.note(unit, visit, kind, ids.decode(file_id) if file_id else 0, count)


def token_of(headers: object) -> str:
    return str(dict(headers)["Authorization"]).removeprefix("Bearer ")  # type: ignore[call-overload]  # a mapping


def test_it_is_summed_by_code_and_by_day(party: Party) -> None:
    bride, groom = party.code("view", label="Bride"), party.code("view", label="Groom")
    first, second = party.enter(bride, guestName="Ada"), party.enter(groom)
    party.enter(bride, guestName="Eve")
    did(party, token_of(first.headers), Did.view, party.file_ids[0])
    did(party, token_of(first.headers), Did.view, party.file_ids[0])
    did(party, token_of(second.headers), Did.download, count=3)
    party.installation.clock.advance(days=1)
    did(party, token_of(first.headers), Did.favorite, party.file_ids[1])
    told = party.host.get(f"{party.path}/activity").json()
    sums = {each["label"]: each for each in told["codes"]}
    assert (sums["Bride"]["visits"], sums["Bride"]["guests"], sums["Bride"]["views"]) == (2, 2, 2)
    assert (sums["Bride"]["favorites"], sums["Groom"]["downloads"], sums["Groom"]["visits"]) == (1, 3, 1)
    assert (told["total"]["visits"], told["total"]["guests"], told["total"]["views"]) == (3, 3, 2)
    assert [(day["visits"], day["favorites"]) for day in told["days"]] == [(3, 0), (0, 1)]


def test_each_guest_is_listed_in_pages(party: Party) -> None:
    code = party.code("view")
    for number in range(5):
        did(party, token_of(party.enter(code, guestName=f"Guest {number}").headers), Did.view, count=number + 1)
        party.installation.clock.advance(seconds=1)
    names, cursor = [], ""
    for _ in range(3):
        page = party.host.get(f"{party.path}/activity/guests?limit=2&cursor={cursor}").json()
        names += [(guest["name"], guest["views"], guest["visits"]) for guest in page["guests"]]
        cursor = page.get("next", "")
    assert names == [(f"Guest {number}", number + 1, 1) for number in (4, 3, 2, 1, 0)]
    assert cursor == ""


def test_the_table_says_the_same_and_reckons_with_no_formula(party: Party) -> None:
    code = party.code("view", label='=HYPERLINK("http://evil.example")')
    guest = party.enter(code, guestName="+1, Ben")
    did(party, token_of(guest.headers), Did.view, party.file_ids[0], 2)
    answer = party.host.get(f"{party.path}/activity.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["did"], row["times"], row["photo"]) for row in rows] == [
        ("view", "2", "IMG_1.jpg"),
        ("visit", "1", ""),
    ]
    assert {row["code"][0] for row in rows} == {"'"}
    assert {row["guest"] for row in rows} == {"'+1, Ben"}


def test_the_table_of_many_rows_is_whole(party: Party, monkeypatch: object) -> None:
    code = party.code("view")
    token = token_of(party.enter(code).headers)
    with party.installation.app.writing(SYSTEM) as unit:
        visit = guests.resume(unit, token)
        for number in range(1, 1201):
            doings.note(unit, visit, Did.view, number)
    lines = party.host.get(f"{party.path}/activity.csv").text.splitlines()
    assert len(lines) == 1 + 1200 + 1
    assert len(set(lines)) == len(lines)


def test_owners_only_see_it(installation: Installation, party: Party) -> None:
    guest = party.enter(party.code("view", "download"))
    bob = installation.caller("bob")
    for path in ("activity", "activity/guests", "activity.csv"):
        assert bob.get(f"{party.path}/{path}").status_code == 404
        assert guest.get(f"{party.path}/{path}").status_code == 401
