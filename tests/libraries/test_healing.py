"""An original that was lost or damaged is whole again once somebody sends the same bytes."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests import make
from tests.installation import Installation, Shelf

from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM
from albumen.libraries import already
from albumen.libraries.damage_models import Damage
from albumen.libraries.models import Original
from albumen.media.guard import Guard


def file_of(installation: Installation) -> tuple[str, Path]:
    """The signature of the only original, and its file."""
    with installation.app.reading(SYSTEM) as unit:
        [original] = unit.db.query(Original).all()
    return original.signature, installation.app.settings.store_folder / original.key


def note(installation: Installation, signature: str) -> None:
    """Note what a check has found."""
    with installation.app.writing(SYSTEM) as unit:
        unit.db.add(Damage(signature=signature, words="bits have flipped", found_at=unit.now))


def flipped(content: bytes) -> bytes:
    return content[:100] + bytes([content[100] ^ 1]) + content[101:]


@pytest.fixture(params=["signature", "dated"])
def shelf(
    tmp_path: Path, guard: Guard, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[tuple[Installation, Shelf]]:
    made = Installation.at(tmp_path / "data", guard, store={"layout": request.param})
    yield made, made.caller("alice").library()
    made.close()


@pytest.mark.parametrize("fault", ["missing", "short", "flipped"])
def test_the_same_bytes_heal(shelf: tuple[Installation, Shelf], fault: str) -> None:
    installation, album = shelf
    photo = make.photo(taken="2021-07-01 12:00:00")
    first = album.add(photo, "a.jpg")
    signature, file = file_of(installation)
    file.unlink()
    if fault != "missing":
        file.write_bytes(flipped(photo) if fault == "flipped" else photo[:50])
    note(installation, signature)
    album.add(photo, "b.jpg")
    got = album.by.get(f"{album.library}/files/{first['fileId']}/contents?attachment=true")
    assert (got.status_code, got.content) == (200, photo)
    assert file_of(installation) == (signature, file)
    assert installation.rows(Damage) == 0
    assert installation.spools() == 0


@pytest.mark.parametrize("shelf", ["signature"], indirect=True)
def test_a_short_original_heals_before_any_check_has_seen_it(shelf: tuple[Installation, Shelf]) -> None:
    installation, album = shelf
    photo = make.photo()
    album.add(photo, "a.jpg")
    _, file = file_of(installation)
    file.write_bytes(photo[:30])
    album.add(photo, "b.jpg")
    assert file.read_bytes() == photo


@pytest.mark.parametrize("shelf", ["signature"], indirect=True)
def test_what_could_not_be_shown_of_the_damaged_one_is_made(shelf: tuple[Installation, Shelf]) -> None:
    installation, album = shelf
    photo = make.photo()
    file_id = album.add(photo, "a.jpg")["fileId"]
    signature, file = file_of(installation)
    file.write_bytes(bytes(len(photo)))
    installation.work_off()
    assert album.file(file_id)["failure"]
    note(installation, signature)
    album.add(photo, "b.jpg")
    installation.work_off()
    assert "failure" not in album.file(file_id)
    assert album.by.get(f"{album.library}/files/{file_id}/thumbnails/sm").status_code == 200
    installation.check_counts()


@pytest.mark.parametrize("shelf", ["signature"], indirect=True)
def test_what_is_noted_as_lost_is_not_called_present(shelf: tuple[Installation, Shelf]) -> None:
    installation, album = shelf
    photo = make.photo()
    album.add(photo, "a.jpg")
    signature, file = file_of(installation)
    library_id, digest = ids.decode(album.library.rpartition("/")[2]), sha256(photo).hexdigest()

    def is_held() -> bool:
        with installation.app.reading(SYSTEM) as unit:
            return already.held(unit, library_id, [(digest, None)]) != [None]

    assert is_held()
    note(installation, signature)
    assert not is_held()
    before = file.stat().st_ino
    album.add(photo, "b.jpg")
    assert is_held()
    assert file.stat().st_ino == before, "what lies there whole after all is not taken away"
