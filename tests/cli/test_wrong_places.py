"""Commands in a wrong folder, slips in settings, addresses that are none: one sentence, and nothing is made."""

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Command
from tests.installation import Installation
from tests.make import photo

from albumen.media.guard import Guard


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of this machine's settings and keys."""
    for name in ("ALBUMEN_CONFIG", "ALBUMEN_DATABASE_URL", "ALBUMEN_BACKUP_TO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("upgrade",),
        ("sweep", "--dry-run"),
        ("user", "list"),
        ("user", "link", "ann"),
        ("key", "list"),
        ("library", "list"),
        ("backup", "make", "there"),
        ("backup", "drill", "there"),
        ("db", "copy", "--to", "sqlite:///other.db"),
        ("blobs", "copy", "--to", "there"),
    ],
)
def test_no_command_begins_an_installation_where_there_is_none(
    command: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = command(*words)
    assert told.code == 3, told.err
    assert "There is no installation in" in told.err
    assert str(tmp_path / "data") in told.err.replace("\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_user_may_be_the_first_thing_of_an_installation(command: Command) -> None:
    assert command("user", "add", "ann@example.org", "--password", "a long enough one").code == 0
    assert "ann@example.org" in command("user", "list").out


def test_a_store_that_is_not_there_is_not_made(command: Command, tmp_path: Path) -> None:
    assert command("rebuild", str(tmp_path / "none")).code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_that_cannot_be_made(command: Command, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    told = command("serve")
    assert (told.code, "cannot be made: File exists" in told.err) == (7, True)


def test_backups_of_two_installations_do_not_mix(command: Command, tmp_path: Path, guard: Guard) -> None:
    house = Installation.at(tmp_path / "data", guard, database={"url": ""})
    house.caller("ann").library().send(photo())
    house.close()
    place = str(tmp_path / "backups")
    assert command("backup", "make", place).code == 0
    assert command("user", "add", "b@example.org", "--password", "a long enough one", "--data-dir", "other").code == 0
    told = command("backup", "make", place, "--keep", "1", "--data-dir", "other")
    assert (told.code, "backups of another installation" in told.err) == (4, True)
    assert command("restore", place, "--data-dir", "back").code == 0
    assert command("backup", "make", place, "--keep", "1", "--data-dir", "back").code == 0
    shutil.rmtree(tmp_path / "back")
    told = command("restore", place, "--data-dir", "back")
    assert (told.code, "are back, each as it was" in told.out) == (0, True)


@pytest.mark.parametrize(
    "words",
    [
        ("db", "copy", "--to", "foo"),
        ("db", "copy", "--to", "mysql://ann:secret@host/photos"),
        ("blobs", "copy", "--to", "s3://"),
        ("blobs", "copy", "--to", "s3://bucket"),
        ("backup", "make", "s3://bucket/there"),
        ("serve", "--port", "99999"),
    ],
)
def test_addresses_that_are_none(command: Command, words: tuple[str, ...]) -> None:
    assert command("user", "add", "ann@example.org", "--password", "a long enough one").code == 0
    told = command(*words)
    assert told.code == 2, told.err
    assert "secret" not in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("url", ["foo", "mysql://ann:secret@host/photos"])
def test_a_database_of_another_kind_is_refused(command: Command, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ALBUMEN_DATABASE_URL", url)
    told = command("user", "list")
    assert (told.code, "postgresql://" in told.err, "secret" in told.err) == (2, True, False)


def test_a_database_that_is_not_there_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALBUMEN_DATABASE_URL", "postgresql://ann:secret@127.0.0.1:1/photos")
    told = command("user", "list")
    assert (told.code, "secret" in told.err) == (7, False)
    assert "127.0.0.1" in told.err
    assert "Connection refused" in told.err.replace("\n", " ")


def test_slips_in_settings_are_told(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALBUMEN_BACKUPS_TO", "there")
    (tmp_path / ".env").write_text("ALBUMEN_SERVR_PORT=1\nOTHER=2\n")
    monkeypatch.setenv("ALBUMEN_PORT_5000_TCP_ADDR", "10.0.0.1")
    said = command("user", "list").err
    assert "ALBUMEN_BACKUPS_TO is no setting and is passed over. Is it ALBUMEN_BACKUP_TO?" in said
    assert "ALBUMEN_SERVR_PORT is no setting and is passed over. Is it ALBUMEN_SERVER_PORT?" in said
    assert said.count("is no setting") == 2
    (tmp_path / "albumen.toml").write_text('[backups]\nto = "there"\n')
    told = command("user", "list")
    assert (told.code, "albumen.toml has what is no setting: backups." in told.err) == (2, True)
    monkeypatch.setenv("ALBUMEN_CONFIG", "none.toml")
    told = command("user", "list")
    assert (told.code, "There is no file none.toml, which ALBUMEN_CONFIG names." in told.err) == (2, True)


def test_the_version_is_told_as_an_option_too(command: Command) -> None:
    assert command("--version").out == command("version").out != ""
