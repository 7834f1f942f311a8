"""The leak table: nothing of one code is told to another, and nothing at all to codes that are over."""

from collections.abc import Iterator

import pytest
from tests.events import leaks
from tests.events.leaks import HOSTS, NAMING, SURFACES, World
from tests.events.party import knock
from tests.installation import Installation

from albumen.media.guard import Guard

REFUSED = {"expired": 410, "disabled": 401, "stranger": 401}
OTHER = {"A": "B", "B": "A"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, guard: Guard) -> Iterator[World]:
    installation = Installation.at(tmp_path_factory.mktemp("leaks") / "data", guard)
    yield World.of(installation)
    installation.close()


@pytest.mark.parametrize("caller", ["A", "B", *REFUSED])
@pytest.mark.parametrize("surface", SURFACES)
def test_what_is_told(world: World, surface: str, caller: str) -> None:
    answers = SURFACES[surface](world, world.callers[caller])
    if caller in REFUSED:
        assert [each.status_code for each in answers] == [REFUSED[caller]] * len(answers)
    else:
        assert all(each.is_success for each in answers)
        body = b"".join(each.content for each in answers)
        assert not world.sides[OTHER[caller]].traces(body)
        assert surface == "own uploads" or world.sides[caller].traces(body) or b'"fileCount":2' in body
    for each in answers:
        if caller in REFUSED:
            assert not any(side.traces(each.content) for side in world.sides.values())


@pytest.mark.parametrize("caller", ["A", *REFUSED])
@pytest.mark.parametrize("surface", NAMING)
def test_what_is_named(world: World, surface: str, caller: str) -> None:
    answer = NAMING[surface](world, world.callers[caller], world.sides["B"].file_ids[0])
    assert answer.status_code == REFUSED.get(caller, 404)
    assert not world.sides["B"].traces(answer.content)


@pytest.mark.parametrize("surface", NAMING)
def test_each_names_its_own(world: World, surface: str) -> None:
    assert NAMING[surface](world, world.callers["B"], world.sides["B"].file_ids[0]).is_success


@pytest.mark.parametrize("caller", ["A", *REFUSED])
@pytest.mark.parametrize("surface", HOSTS)
def test_what_is_for_hosts(world: World, surface: str, caller: str) -> None:
    places = {"event": world.party.path, "library": world.party.shelf.library, "file": world.party.file_ids[0]}
    path = HOSTS[surface].format(**places)
    assert world.party.host.get(path).is_success
    assert world.callers[caller].get(path).status_code == 401


def test_counts_are_of_what_is_seen(world: World) -> None:
    assert world.callers["A"].get("/access").json()["event"]["fileCount"] == 2
    assert [each["name"] for each in world.callers["A"].get("/access/sets").json()["sets"]] == ["set of A"]
    index = world.callers["A"].get("/access/index").content
    assert int.from_bytes(index[4:8], "little") == 2


def test_what_is_in_a_zip(world: World) -> None:
    asked = world.callers["A"].post("/access/download", json={"sizes": "original"}).json()
    assert leaks.names_in(world.party.installation.client.get(asked["url"]).content) == ["IMG_1.jpg", "IMG_2.jpg"]


@pytest.mark.parametrize("caller", ["expired", "disabled"])
def test_addresses_given_before_are_of_no_use(world: World, caller: str) -> None:
    client = world.party.installation.client
    answers = [client.get(link) for link in world.issued[caller]]
    assert len(answers) > 10
    assert {each.status_code for each in answers} <= {401, 404, 410}
    assert not any(side.traces(each.content) for side in world.sides.values() for each in answers)


def test_what_opens_nothing_looks_alike(world: World) -> None:
    """Unknown, ended, disabled, impossible, or for another event: one answer."""
    kept = {
        each["accessorId"]: each for each in world.party.host.get(f"{world.party.path}/accessors").json()["accessors"]
    }
    over = [each["accessCode"] for each in kept.values() if each["isOver"]]
    tokens = [each["qrUrl"].split("#")[1] for each in kept.values() if each["isOver"]]
    assert len(over) == 2
    tried = [*over, *tokens, "0000-0000", "x", "", "A" * 22]
    answers = [knock(world.party.installation, each) for each in tried]
    answers.append(knock(world.party.installation, world.sides["A"].code["accessCode"], publicUrl="alice/other"))
    told = {(each.status_code, each.text, *sorted(each.headers.keys())) for each in answers}
    assert len(told) == 1
    assert answers[0].status_code == 404
