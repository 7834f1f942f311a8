"""Text, objects and faces in pictures: the real networks, in their guarded child."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import numpy as np
import pytest
from tests.media import gallery

from albumen.kernel.errors import Invalid
from albumen.media.guard import Guard, Limits
from albumen.media.seeing import facts
from albumen.media.seeing.facts import FACES, OBJECTS, TEXT, Seen

ALL = (TEXT, OBJECTS, FACES)


@pytest.fixture(scope="module")
def eyes() -> Iterator[Guard]:
    limits = Limits(memory_bytes=2 << 30, resident_bytes=2 << 30, cpu_seconds=200, still_seconds=250)
    with Guard(1, limits) as guard:
        yield guard


def look(eyes: Guard, picture: bytes, *wanted: str) -> Seen:
    with tempfile.TemporaryFile() as file:
        file.write(picture)
        file.flush()
        return eyes.look(file.fileno(), wanted)


def vectors(seen: Seen) -> list[np.ndarray]:
    assert seen.faces is not None
    assert all(len(face.vector) == facts.VECTOR_BYTES for face in seen.faces)
    return [np.frombuffer(face.vector, "<f4") for face in seen.faces]


def way(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other))


def test_text_is_read_line_by_line(eyes: Guard) -> None:
    seen = look(eyes, gallery.sign("Welcome to Lisbon", "Platform 42", "x"), TEXT)
    assert seen == Seen(text="Welcome to Lisbon\nPlatform 42")


def test_objects_have_names_and_broader_words(eyes: Guard) -> None:
    objects = look(eyes, gallery.photo("coffee"), OBJECTS).objects
    assert objects is not None
    assert objects["espresso"] > 0.5
    assert objects["coffee"] >= objects["espresso"]
    assert list(objects.values()) == sorted(objects.values(), reverse=True)
    assert all(name == name.lower() for name in objects)


def test_a_face_has_a_box_in_shares_of_the_picture(eyes: Guard) -> None:
    [face] = look(eyes, gallery.photo("collins"), FACES).faces or ()
    assert 0.2 < face.left < 0.45
    assert 0.15 < face.top < 0.45
    assert 0.2 < face.width < 0.6
    assert 0.2 < face.height < 0.6


def test_one_person_stays_near_mirrored_and_scaled_and_another_is_far(eyes: Guard) -> None:
    [same] = vectors(look(eyes, gallery.photo("collins"), FACES))
    [mirrored] = vectors(look(eyes, gallery.photo("collins", mirrored=True), FACES))
    [smaller] = vectors(look(eyes, gallery.photo("collins", share=0.7), FACES))
    [other] = vectors(look(eyes, gallery.photo("hopper"), FACES))
    assert max(way(same, mirrored), way(same, smaller)) < 0.4
    assert min(way(each, other) for each in (same, mirrored, smaller)) > 0.6


def test_faces_are_told_from_the_left(eyes: Guard) -> None:
    first, second = vectors(look(eyes, gallery.beside("hopper", "collins"), FACES))
    [hopper] = vectors(look(eyes, gallery.photo("hopper"), FACES))
    assert way(first, hopper) < 0.4 < way(second, hopper)


def test_where_there_is_nothing_nothing_is_seen(eyes: Guard) -> None:
    seen = look(eyes, gallery.blank(), TEXT, FACES)
    assert seen == Seen(text="", faces=())


def test_only_what_is_wanted_is_looked_for(eyes: Guard) -> None:
    assert look(eyes, gallery.blank(), FACES) == Seen(faces=())


def test_the_same_picture_is_seen_the_same_way_again(eyes: Guard) -> None:
    assert look(eyes, gallery.beside("hopper", "collins"), *ALL) == look(
        eyes, gallery.beside("hopper", "collins"), *ALL
    )


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 no picture", gallery.sign("cut")[:2000]])
def test_what_is_no_picture_is_refused(eyes: Guard, content: bytes) -> None:
    with pytest.raises(Invalid):
        look(eyes, content, OBJECTS)
    assert look(eyes, gallery.blank(), FACES) == Seen(faces=())


def test_nothing_of_it_is_loaded_unless_it_is_wanted() -> None:
    told = "import sys, albumen.server, albumen.worker\nprint(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env=dict(os.environ))
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & {"onnxruntime", "rapidocr", "dlib", "cv2"}
    assert "albumen.media.seeing.facts" in run.stdout.split()
    assert not {f"albumen.media.seeing.{each}" for each in ("text", "objects", "faces")} & set(run.stdout.split())


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts.lacking(ALL) == []
    monkeypatch.setitem(sys.modules, "dlib", None)
    assert facts.lacking([TEXT, OBJECTS]) == []
    assert facts.lacking(ALL) == ["dlib"]
