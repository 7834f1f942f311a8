"""Films of cameras, phones and old computers are uploaded, worked on, and play in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests import films
from tests.http.served import served
from tests.installation import APPLICATION_KEY, Caller, Installation
from tests.web.playing import played

from albumen import server
from albumen.media.guard import Guard

FILMS = frozenset({".mov", ".mp4", ".avi", ".mts", ".m2ts", ".m4v", ".3gp", ".webm", ".mkv", ".mpg", ".wmv"})
PICTURES = frozenset({".heic", ".heif"})


@dataclass(frozen=True)
class House:
    """An installation that a browser can call."""

    installation: Installation
    page: Page

    def shown(self, path: Path) -> tuple[dict[str, object], str]:
        """Upload a file and work off what is to be done; its JSON, and the address of its contents."""
        shelf = self.installation.caller("alice").library()
        file = shelf.add(path.read_bytes(), path.name)
        self.installation.work_off()
        return shelf.file(file["fileId"]), f"/v1{shelf.library}/files/{file['fileId']}/contents"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, guard: Guard, browser: Browser) -> Iterator[House]:
    installation = Installation.at(tmp_path_factory.mktemp("house") / "data", guard)
    with served(server.serve(installation.app)) as port:
        headers = {"Authorization": f"ApiKey {APPLICATION_KEY}", "API-User-ID": "alice"}
        context = browser.new_context(base_url=f"http://localhost:{port}", extra_http_headers=headers)
        page = context.new_page()
        page.goto("/login")
        yield House(installation, page)
        context.close()
    installation.close()


@pytest.mark.parametrize(
    "name",
    [pytest.param(each.name, marks=() if each.name in films.FEW else pytest.mark.torture) for each in films.MAKES],
)
def test_a_film_plays_upright(house: House, name: str, tmp_path: Path) -> None:
    make = films.named(name)
    file, contents = house.shown(films.film(make, tmp_path))
    assert (file["isProcessing"], file.get("failure")) == (False, None)
    seen = played(house.page, contents)
    assert seen["error"] == ""
    assert seen["at"] > 0
    assert seen["seconds"] == pytest.approx(films.SECONDS, abs=0.25)
    assert (seen["width"], seen["height"]) == make.shown
    white, right, left, black = seen["corners"]
    assert white > max(left, right) + 30, seen["corners"]
    assert black < min(left, right) - 30, seen["corners"]


def corpus_films(corpus: Path, endings: frozenset[str]) -> list[Path]:
    """The intact files of the corpus with these endings."""
    found = (file for file in sorted(corpus.rglob("*")) if file.suffix.casefold() in endings)
    return [file for file in found if not {"bad", "fuzzing"} & set(file.relative_to(corpus).parts)]


@pytest.mark.torture
def test_every_film_of_the_corpus_plays(house: House, corpus: Path) -> None:
    for path in corpus_films(corpus, FILMS):
        file, contents = house.shown(path)
        assert (file["isProcessing"], file.get("failure")) == (False, None), path
        seen = played(house.page, contents)
        assert seen["error"] == "", path
        assert seen["at"] > 0, path
        assert (seen["width"], seen["height"]) == (file["width"], file["height"]), path


@pytest.mark.torture
def test_every_heic_of_the_corpus_is_seen_or_says_why_not(house: House, corpus: Path) -> None:
    shown = 0
    for path in corpus_films(corpus, PICTURES):
        shelf = house.installation.caller("alice").library()
        answer = shelf.send(path.read_bytes(), names=(path.name,))
        if answer.status_code != 200:
            assert answer.json()["detail"], path
            continue
        house.installation.work_off()
        file = shelf.file(answer.json()[0]["fileId"])
        if "failure" not in file:
            address = f"/v1{shelf.library}/files/{file['fileId']}/contents"
            look = "async (address) => { const image = new Image(); image.src = address; await image.decode();"
            size = house.page.evaluate(look + " return [image.naturalWidth, image.naturalHeight] }", address)
            assert size == [file["width"], file["height"]], path
            shown += 1
    assert shown >= 2


@pytest.mark.torture
def test_no_broken_film_of_the_corpus_holds_up_the_others(house: House, corpus: Path) -> None:
    alice = house.installation.caller("alice")
    broken = [file for file in sorted((corpus / "bad").rglob("*")) if file.suffix.casefold() in FILMS]
    ended = [_ends(house, alice, file) for file in broken]
    assert ended == ["said"] * len(broken)


def _ends(house: House, alice: Caller, path: Path) -> str:
    shelf = alice.library()
    answer = shelf.send(path.read_bytes(), names=(path.name,))
    if answer.status_code != 200:
        return "said" if answer.json()["detail"] else "silent"
    house.installation.work_off()
    file = shelf.file(answer.json()[0]["fileId"])
    return "waiting" if file["isProcessing"] else "said"
