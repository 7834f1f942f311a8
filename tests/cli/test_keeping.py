"""Checks, backups and restoring from the command line."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.cli.conftest import Command
from tests.installation import Installation
from tests.make import photo

from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import Original
from albumen.media.guard import Guard


@pytest.fixture
def originals(command: Command, tmp_path: Path, guard: Guard) -> list[Path]:
    """The files of two photos in the store."""
    house = Installation.at(tmp_path / "data", guard, database={"url": ""})
    house.caller("ann").library().send(photo(), photo())
    with house.app.reading(SYSTEM) as unit:
        keys = unit.db.scalars(select(Original.key)).all()
    house.close()
    assert command("user", "list").code == 0
    return [house.app.settings.store_folder / key for key in keys]


def test_a_check_tells_what_is_wrong_and_how_to_mend_it(command: Command, originals: list[Path]) -> None:
    told = command("check")
    assert (told.code, told.out.splitlines()[-1]) == (0, "All is as it should be.")
    originals[0].unlink()
    (originals[1].parent / "extra").write_bytes(b"nobody's")
    told = command("check", "--grace-minutes", "0")
    assert told.code == 8
    assert "missing: The original" in told.out
    assert "It is the content of" in told.out
    assert "Send the same file again" in told.out
    assert "2 defects." in told.out
    report = json.loads(command("check", "--json", "--fix", "--grace-minutes", "0", "--sample", "50%").out)
    assert {each["fault"] for each in report["defects"]} == {"missing", "extra"}
    assert report["mended"] == 0
    assert (originals[1].parent / "extra").exists()
    assert command("sweep", "--grace-hours", "0").code == 0
    assert command("check", "--grace-minutes", "0").out.count("1 defects.") == 1
    assert command("check", "--sample", "none").code == 2


def test_a_backup_is_made_listed_tried_out_used_for_healing_and_brought_back(
    command: Command, originals: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("backup", "make").code == 2
    monkeypatch.setenv("ALBUMEN_BACKUP_TO", str(tmp_path / "backups"))
    made = command("backup", "make")
    assert made.code == 0, made.err
    name = made.out.partition(":")[0]
    assert name in command("backup", "list").out
    assert "came back, each as it was" in command("backup", "drill").out
    whole = originals[0].read_bytes()
    originals[0].write_bytes(whole[:-1])
    assert command("check").code == 8
    assert "1 originals are whole again" in command("backup", "heal").out
    assert originals[0].read_bytes() == whole
    assert command("restore", str(tmp_path / "backups")).code == 4
    assert command("restore", str(tmp_path / "nowhere"), "--data-dir", str(tmp_path / "new")).code == 3
    monkeypatch.setenv("ALBUMEN_STORE_FOLDER", str(tmp_path / "data" / "store"))
    assert command("restore", str(tmp_path / "backups"), "--data-dir", str(tmp_path / "new")).code == 4
    monkeypatch.delenv("ALBUMEN_STORE_FOLDER")
    shutil.rmtree(tmp_path / "new")
    back = command("restore", str(tmp_path / "backups"), "--name", name, "--data-dir", str(tmp_path / "new"))
    assert (back.code, "are back, each as it was" in back.out) == (0, True)
    assert command("check", "--data-dir", str(tmp_path / "new")).code == 0
    secrets = {(tmp_path / folder / "secret").read_text() for folder in ("data", "new")}
    assert len(secrets) == 1


def test_a_backup_is_brought_back_into_the_database_that_is_set(
    command: Command, originals: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("backup", "make", str(tmp_path / "backups")).code == 0
    monkeypatch.setenv("ALBUMEN_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert command("restore", str(tmp_path / "backups"), "--data-dir", str(tmp_path / "new")).code == 0
    assert "ann" in command("user", "list", "--data-dir", str(tmp_path / "new")).out


def test_a_sweep_says_what_it_would_take(command: Command, originals: list[Path]) -> None:
    (originals[0].parent / "extra").write_bytes(b"nobody's")
    assert "1 leftovers of 8 bytes would be deleted." in command("sweep", "--dry-run", "--grace-hours", "0").out
    assert "1 leftovers deleted." in command("sweep", "--grace-hours", "0").out
