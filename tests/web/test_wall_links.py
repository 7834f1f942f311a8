"""What a wall asks for as it is scrolled: who gets it, and which answers may be kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from tests import make
from tests.installation import Caller, Installation
from tests.web.desk import Desk


@pytest.fixture
def desk(installation: Installation) -> Iterator[Desk]:
    with Desk(installation, "alice") as desk:
        yield desk


def ask(desk: Desk, kind: str, library_id: str, *file_ids: str, size: str = "sm") -> Response:
    wanted = {"library": library_id, "size": size, "ids": ",".join(file_ids), "id": file_ids[0]}
    answer: Response = desk.get(f"/walls/{kind}", params=wanted)
    return answer


def told(answer: Response) -> tuple[str, dict[str, Any]]:
    """How long links may be kept, and the links."""
    assert answer.status_code == 200, answer.text
    return answer.headers["cache-control"], answer.json()["links"]


@pytest.mark.parametrize("size", ["sm", "lg"])
def test_answer_is_kept_only_with_every_picture(
    installation: Installation, alice: Caller, desk: Desk, size: str
) -> None:
    shelf = alice.library()
    first = shelf.add(make.photo(seed=1), "a.jpg")["fileId"]
    installation.work_off()
    second = shelf.add(make.photo(seed=2), "b.jpg")["fileId"]
    kept, links = told(ask(desk, "links", shelf.library_id, first, second, size=size))
    assert kept == "no-store"
    assert links[first]
    installation.work_off()
    kept, links = told(ask(desk, "links", shelf.library_id, first, second, size=size))
    assert kept == "private, max-age=300"
    assert set(links) == {first, second}


def test_stranger_learns_nothing(installation: Installation, alice: Caller, desk: Desk) -> None:
    shelf = alice.library()
    file_id = shelf.add(make.photo(), "a.jpg")["fileId"]
    installation.work_off()
    assert told(ask(desk, "links", shelf.library_id, file_id))[1]
    assert ask(desk, "place", shelf.library_id, file_id).json() == {"place": 0}
    own = installation.caller("eve").library()
    with Desk(installation, "eve") as eve:
        assert [ask(eve, kind, shelf.library_id, file_id).status_code for kind in ("links", "place")] == [404, 404]
        assert told(ask(eve, "links", own.library_id, file_id)) == ("no-store", {})
        assert ask(eve, "place", own.library_id, file_id).status_code == 404
