"""`albumen mirror`, as a person calls it."""

from pathlib import Path

import pytest
from tests import make
from tests.installation import Caller, Installation
from typer.testing import CliRunner

from albumen.accounts import keys
from albumen.accounts.models import User
from albumen.cli.main import app
from albumen.kernel.actor import SYSTEM
from albumen_client.cli import mirroring


@pytest.fixture
def key(installation: Installation) -> str:
    """A personal key of Alice's."""
    user_id = installation.user("alice").id
    with installation.app.writing(SYSTEM) as unit:
        return keys.create(unit, unit.db.get_one(User, user_id), label="mirror", scopes=["read"])[1]


@pytest.mark.parametrize("by_name", [True, False])
def test_a_library_comes_home(port: int, alice: Caller, key: str, tmp_path: Path, *, by_name: bool) -> None:
    shelf = alice.library(name="Family")
    shelf.add(make.photo(), "a.jpg")
    chosen = "family" if by_name else shelf.library_id
    words = [chosen, str(tmp_path / "home"), "--address", f"http://127.0.0.1:{port}", "--key", key]
    for said in ("1 downloaded, 0 moved, 0 removed", "0 downloaded, 0 moved, 0 removed"):
        result = CliRunner().invoke(mirroring, words)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, said), result.output
    assert (tmp_path / "home" / "All Pictures" / "a.jpg").exists()


@pytest.mark.parametrize("given", ["wrong key", "wrong library", "no folder"])
def test_what_is_wrong_is_told_in_a_sentence(port: int, alice: Caller, key: str, tmp_path: Path, given: str) -> None:
    shown = "x" if given == "wrong key" else key
    if given == "no folder":
        (tmp_path / "home").write_bytes(b"mine")
    words = [
        alice.library().library_id if given == "no folder" else "Nowhere",
        str(tmp_path / "home"),
        "--address",
        f"http://127.0.0.1:{port}",
        "--key",
        shown,
    ]
    result = CliRunner().invoke(mirroring, words)
    assert result.exit_code == 1
    assert result.stderr.startswith("albumen: ")
    assert "Traceback" not in result.output


def test_the_address_comes_from_the_environment_or_is_this_machine(
    port: int, alice: Caller, key: str, tmp_path: Path
) -> None:
    library_id, there = alice.library().library_id, f"http://127.0.0.1:{port}"
    words = [library_id, str(tmp_path / "home"), "--key", key]
    result = CliRunner().invoke(mirroring, words, env={"ALBUMEN_ADDRESS": there})
    assert result.exit_code == 0, result.output
    told = CliRunner().invoke(mirroring, ["--help"], env={"COLUMNS": "200"}).output
    assert "ALBUMEN_ADDRESS" in told and "http://localhost:5000" in told
    result = CliRunner().invoke(mirroring, [*words, "--address", "http://x:port"])
    assert (result.exit_code, result.stderr[:9]) == (1, "albumen: ")


def test_it_is_among_the_commands() -> None:
    told = CliRunner().invoke(app, ["mirror", "--help"])
    assert "Keep a local copy of a library" in told.output
