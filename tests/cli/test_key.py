"""`albumen key`: made for all libraries of a user, or for some."""

from pathlib import Path

from tests.cli.conftest import Command
from tests.installation import Installation

from albumen.media.guard import Guard


def test_a_key_for_one_library(command: Command, tmp_path: Path, guard: Guard) -> None:
    installation = Installation.at(tmp_path / "data", guard)
    mine, theirs = installation.caller("alice").library(), installation.caller("bob").library()
    installation.close()
    assert command("key", "create", "alice", "--library", theirs.library_id).code == 3
    assert command("key", "create", "alice", "--library", "Family").code == 3
    made = command("key", "create", "alice", "--library", mine.library_id, "--label", "frame")
    assert (made.code, made.out[:4]) == (0, "alb_")
    assert command("key", "create", "alice").code == 0
    rows = [line.split() for line in command("key", "list").out.splitlines()]
    assert [row[5] for row in rows[1:]] == [mine.library_id, "all"]
