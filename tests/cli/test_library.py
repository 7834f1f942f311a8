"""Libraries and quotas from the command line."""

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Command

from albumen import app as composition
from albumen.accounts import users
from albumen.cli.sizes import parsed
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor
from albumen.kernel.errors import Invalid
from albumen.libraries import library
from albumen.libraries.library import NewLibrary
from albumen.settings import Settings

PASSWORD = ("--password", "correct horse")


def deleted_library(data_dir: Path) -> str:
    """A library of ann's that was deleted; its id."""
    app = composition.build(Settings(_env_file=None, data_dir=data_dir))
    with app.reading(SYSTEM) as unit:
        actor = Actor(users.named(unit, "ann@example.org").id)
    with app.writing(actor) as unit:
        made = library.create(unit, NewLibrary("Wedding"))
        library.create(unit, NewLibrary("Other"))
    with app.writing(actor) as unit:
        library.delete(unit, made.id)
    app.close()
    return ids.encode(made.id)


def test_a_deleted_library_is_listed_and_restored(command: Command, tmp_path: Path) -> None:
    command("user", "add", "ann@example.org", *PASSWORD)
    library_id = deleted_library(tmp_path / "data")
    listed = command("library", "list")
    assert ("Other" in listed.out, "Wedding" in listed.out) == (True, False)
    listed = command("library", "list", "--deleted")
    assert re.search(rf"{library_id} +Wedding +0 bytes +\d{{4}}-\d\d-\d\d +\d{{4}}-\d\d-\d\d", listed.out)
    restored = command("library", "restore", library_id)
    assert (restored.code, restored.out) == (0, "Wedding is back.\n")
    assert "Wedding" in command("library", "list").out
    assert (command("library", "restore", library_id).code, command("library", "restore", "zzz").code) == (4, 3)


def test_a_users_quota(command: Command) -> None:
    command("user", "add", "ann@example.org", *PASSWORD)
    said = command("user", "quota", "ann@example.org", "1.5GB")
    assert (said.code, said.out) == (0, "0 bytes used, 1.5 GB allowed.\n")
    for word in ("none", "default"):
        assert command("user", "quota", "ann@example.org", word).out == "0 bytes used, no limit.\n"
    assert command("user", "quota", "ann@example.org", "much").code == 2
    assert command("user", "quota", "eve@example.org", "1GB").code == 3


@pytest.mark.parametrize(
    ("written", "size_bytes"),
    [("0", 0), ("1048576", 1 << 20), ("500MB", 500 * 10**6), ("1.5 TiB", 3 << 39), ("10g", 10**10), ("2Ki", 2048)],
)
def test_sizes_as_people_write_them(written: str, size_bytes: int) -> None:
    assert parsed(written) == size_bytes


@pytest.mark.parametrize("written", ["", "GB", "-1GB", "1 GB 2", "1e9", "1.GB", "10EB", "99999PB", "१GBx"])
def test_what_is_no_size(written: str) -> None:
    with pytest.raises(Invalid):
        parsed(written)
