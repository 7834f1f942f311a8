"""Languages: complete, chosen by account of the browser, and seen on every page."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient
from tests.installation import Installation

from albumen import server
from albumen.accounts import sessions, users
from albumen.kernel.actor import SYSTEM
from albumen.web import texts

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "/library",
    "/albums",
    "/folders",
    "/favourites",
    "/tags",
    "/search",
    "/shared",
    "/trash",
    "/more",
    "/settings/appearance",
)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    found = importlib.util.spec_from_file_location("texts_tool", ROOT / "tools/texts.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def reader(installation: Installation) -> TestClient:
    """A browser of somebody who is signed in."""
    with installation.app.writing(SYSTEM) as unit:
        token = sessions.start(unit, users.add(unit, "ada@example.org"), days=1)
    headers = {"Accept": "text/html"}
    return TestClient(server.serve(installation.app), "http://testserver", headers=headers, cookies={"albumen": token})


def test_modules_know_their_messages_in_every_language(tool: ModuleType) -> None:
    said = {each.id if isinstance(each.id, str) else each.id[0] for each in tool.gathered() if _is_of_scripts(each)}
    assert {"Undo", "{n} selected"} <= said
    for language in texts.LANGUAGES:
        texts.use(language)
        told = str(texts.of_scripts())
        assert ("Rückgängig" in told) == (language == "de")
    texts.use("en")


def _is_of_scripts(message: object) -> bool:
    return any(file.endswith(".js") for file, _ in message.locations)  # type: ignore[attr-defined]  # a message of Babel


@pytest.mark.parametrize(
    ("asked", "language"), [("de-AT,en;q=0.5", "de"), ("tlh", "en"), ("", "en"), ("en-US,de", "en")]
)
def test_page_speaks_the_first_language_that_is_known(reader: TestClient, asked: str, language: str) -> None:
    page = reader.get("/library", headers={"Accept-Language": asked}).text
    assert f'<html lang="{language}"' in page
    assert ("Hier werden Ihre Fotos sein" in page) == (language == "de")


def test_language_and_theme_are_kept(reader: TestClient) -> None:
    csrf = sessions.csrf_token(reader.cookies["albumen"])
    form = {"csrf": csrf, "theme": "dark", "language": "de"}
    page = reader.post("/settings/appearance", data=form).text
    assert '<html lang="de"' in page
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page
    assert "Für diesen Browser gespeichert." in page


@pytest.mark.parametrize(("name", "value"), [("theme", "\uff11\uff12"), ("language", "\ud7ff"), ("language", "tlh")])
def test_what_is_no_theme_and_no_language_is_refused(reader: TestClient, name: str, value: str) -> None:
    form = {"csrf": sessions.csrf_token(reader.cookies["albumen"]), name: value}
    answer = reader.post("/settings/appearance", data=form)
    assert answer.status_code == 400
    assert "There is no such theme or language." in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_left_in_english(reader: TestClient, path: str) -> None:
    """In the pseudo-language every text of the frame has an accent; what has none was not marked."""
    reader.cookies.set("language", texts.PSEUDO)
    page = reader.get(path).text
    assert "Skíp tó çóñtéñt" in page
    for plain in (">Upload<", ">Timeline<", ">Save<", ">Search<"):
        assert plain not in page
