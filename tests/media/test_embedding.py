"""Facts written into copies of photos, and beside them: what was told is read again, and the picture stays."""

import io
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from tests import make
from tests.media.negatives import dng

from albumen.kernel.errors import Invalid, Problem, TooLarge
from albumen.media import sidecars
from albumen.media.essence import essence
from albumen.media.facts import Facts
from albumen.media.guard import EMBEDDING, Guard
from albumen.media.labels import FIELDS, Label
from albumen.media.limits import Limits
from albumen.media.xmp_writing import angle, packet

MADE = ("jpeg", "png", "webp", "tiff")
LABEL = Label(
    title="Títle <&> \"'",
    description="Déscription\nin two lines",
    keywords=("beach", "b, c", "Été; x"),
    rating=4,
    taken="2019-06-28T12:43:29.250",
    offset_minutes=120,
    latitude=-48.8566123,
    longitude=2.3522,
    altitude=-12.5,
    make="Mäker",
    model="Model X",
)


def embedded(guard: Guard, data: bytes, label: Label, *fields: str) -> bytes:
    """A copy that says those fields, or all."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as output:
        file.write(data)
        file.flush()
        size = guard.embed(file.fileno(), label, fields or FIELDS, output.fileno())
        output.seek(0)
        made = output.read()
    assert len(made) == size
    return made


def facts(guard: Guard, data: bytes) -> Facts:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return guard.probe(file.fileno(), "")


def said(found: Any) -> Label:
    """What facts or a sidecar's findings say, as a label."""
    taken = found.taken
    return Label(
        title=found.title,
        description=found.description,
        keywords=tuple(found.keywords or ()),
        rating=found.rating,
        taken=taken and taken.local.isoformat(timespec="milliseconds" if taken.local.microsecond else "seconds"),
        offset_minutes=taken and taken.offset_minutes,
        latitude=found.latitude,
        longitude=found.longitude,
        altitude=found.altitude,
        make=found.make,
        model=found.model,
    )


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


def photo(kind: str) -> bytes:
    return make.photo(kind=kind, taken="2020-01-01 10:00:00", offset="+05:00", camera=("Canon", "R5"), gps=(1.0, 2.0))


@pytest.mark.parametrize("kind", MADE)
def test_what_was_told_is_read_again(guard: Guard, kind: str) -> None:
    before = photo(kind)
    made = embedded(guard, before, LABEL)
    assert said(facts(guard, made)) == LABEL
    assert pixels(made) == pixels(before)
    assert facts(guard, made).kind == kind


@pytest.mark.parametrize("kind", MADE)
def test_what_was_cleared_is_not_there_any_more(guard: Guard, kind: str) -> None:
    made = embedded(guard, embedded(guard, photo(kind), LABEL), Label())
    assert said(facts(guard, made)) == Label()
    only_rated = embedded(guard, make.photo(kind=kind), Label(rating=3), "rating")
    assert said(facts(guard, embedded(guard, only_rated, Label(), "rating"))) == Label()


@pytest.mark.parametrize("field", FIELDS)
def test_only_the_fields_asked_for_are_written(guard: Guard, field: str) -> None:
    before = photo("jpeg")
    wanted = {"taken": ("taken", "offset_minutes"), "place": ("latitude", "longitude", "altitude")}.get(field, (field,))
    kept = said(facts(guard, before))
    expected = msgspec.structs.replace(kept, **{name: getattr(LABEL, name) for name in wanted})
    assert said(facts(guard, embedded(guard, before, LABEL, field))) == expected


@pytest.mark.parametrize("text", ['lang="de" x', 'type="Bag" x', 'charset="Ascii" x', "a;b", "a\\b", "=x", "😀", "{1}"])
def test_words_are_not_taken_for_commands(guard: Guard, text: str) -> None:
    label = Label(title=text, description=text, keywords=(text, "k"), make=text)
    assert said(facts(guard, embedded(guard, make.photo(), label, "title", "description", "keywords", "make"))) == label
    assert said(sidecars.read_sidecar(packet(label), "x.xmp")) == label


def test_a_new_title_wins_over_the_words_of_old(guard: Guard, tmp_path: Path, program: Callable[..., str]) -> None:
    file = tmp_path / "old.jpg"
    file.write_bytes(make.photo())
    tags = ["-IPTC:Keywords=old", "-IPTC:Caption-Abstract=old", "-XPTitle=old", "-XPKeywords=old", "-UserComment=old"]
    tags += ["-XMP-lr:HierarchicalSubject=a|old", "-IPTC:ObjectName=old", "-XMP-tiff:ImageDescription=old"]
    subprocess.run([program("exiftool"), "-q", *tags, str(file)], check=True)
    made = embedded(guard, file.read_bytes(), LABEL, "title", "description", "keywords")
    found = said(facts(guard, made))
    assert (found.title, found.description, found.keywords) == (LABEL.title, LABEL.description, LABEL.keywords)
    file.write_bytes(made)
    shown = subprocess.run([program("exiftool"), "-a", str(file)], check=True, capture_output=True, text=True).stdout
    assert ": old\n" not in shown


def test_others_read_it_too(guard: Guard, tmp_path: Path, program: Callable[..., str]) -> None:
    file, sidecar = tmp_path / "a.jpg", tmp_path / "a.jpg.xmp"
    file.write_bytes(embedded(guard, make.photo(), LABEL))
    sidecar.write_bytes(packet(LABEL))
    for path in (file, sidecar):
        wanted = ["-validate", "-warning", "-XMP-dc:all", "-Rating", "-DateTimeOriginal", "-GPSPosition", "-Model"]
        run = [program("exiftool"), "-j", "-n", *wanted, str(path)]
        [told] = msgspec.json.decode(subprocess.run(run, check=True, capture_output=True).stdout)
        assert told["Title"] == LABEL.title
        assert told["Subject"] == list(LABEL.keywords)
        assert (told["Rating"], told["Model"]) == (4, "Model X")
        assert told["DateTimeOriginal"].startswith("2019:06:28 12:43:29")
        assert told["GPSPosition"].startswith("-48.8566")
        assert told["Validate"].startswith("0 ")
    assert "Warning" not in told


def test_a_sidecar_says_all_that_the_label_does() -> None:
    assert said(sidecars.read_sidecar(packet(LABEL), "a.jpg.xmp")) == LABEL
    assert said(sidecars.read_sidecar(packet(Label()), "a.jpg.xmp")) == Label()
    odd = Label(title="a\x00b\x0bc\ud800\uffffd", rating=0, latitude=0.0, longitude=-179.9999999)
    found = said(sidecars.read_sidecar(packet(odd), "a.jpg.xmp"))
    assert (found.title, found.rating, found.longitude) == ("abcd", 0, -179.9999999)


def test_angles_round_into_the_next_degree() -> None:
    assert angle(48.8566, "NS") == "48,51.396000N"
    assert angle(-0.99999999999, "NS") == "1,0.000000S"


@pytest.mark.parametrize("kind", [kind for kind in MADE if kind != "jpeg"])
def test_a_file_that_ends_early_is_refused(guard: Guard, kind: str) -> None:
    whole = make.photo(kind=kind, size=(640, 480))
    with pytest.raises(Problem):
        embedded(guard, whole[: len(whole) // 3], LABEL)


def test_a_torn_photo_keeps_what_it_has(guard: Guard) -> None:
    whole = make.photo(size=(640, 480))
    torn = whole[: len(whole) * 2 // 3]
    made = embedded(guard, torn, LABEL)
    assert said(facts(guard, made)) == LABEL
    assert made.endswith(torn[-1000:])


def test_a_raw_photo_keeps_its_pixels_and_its_maker(guard: Guard) -> None:
    before = dng((640, 480))
    made = embedded(guard, before, LABEL)
    assert essence("dng", made) == essence("dng", before)
    found = said(facts(guard, made))
    assert msgspec.structs.replace(found, make=LABEL.make, model=LABEL.model) == LABEL


def test_what_stands_behind_a_photo_stays(guard: Guard) -> None:
    film = make.film()
    assert embedded(guard, make.photo() + film, LABEL).endswith(film)


def test_one_photo_may_be_so_large_and_no_larger() -> None:
    with Guard(1, Limits(max_still_bytes=500)) as small, pytest.raises(TooLarge):
        embedded(small, make.photo(size=(640, 480)), LABEL)


def test_a_change_of_the_picture_is_noticed() -> None:
    for kind in MADE:
        one, other = make.photo(kind=kind, seed=1), make.photo(kind=kind, seed=2)
        assert essence(kind, one) == essence(kind, one)
        assert essence(kind, one) != essence(kind, other)
    for nonsense in (b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\1\0\0", b""):
        with pytest.raises(Invalid):
            essence("jpeg", nonsense)


def test_real_photos_keep_their_picture(guard: Guard, corpus: Path) -> None:
    tried = 0
    for path in (
        sorted(corpus.glob("jpg/*.jpg"))[:40] + sorted(corpus.glob("webp/*.webp")) + sorted(corpus.glob("tif/*.tif"))
    ):
        data = path.read_bytes()
        try:
            if facts(guard, data).kind not in EMBEDDING:
                continue
            made = embedded(guard, data, LABEL)
        except Problem:
            continue
        assert said(facts(guard, made)) == LABEL, path.name
        assert pixels(made) == pixels(data), path.name
        tried += 1
    assert tried > 20


@pytest.mark.parametrize("is_behind", [True, False])
def test_further_pictures_are_found_or_the_photo_is_left_alone(guard: Guard, *, is_behind: bool) -> None:
    output = io.BytesIO()
    first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (32, 24), "blue")
    first.save(output, "MPO", save_all=True, append_images=[second])
    data = output.getvalue()
    words = b"http://ns.adobe.com/xap/1.0/\0" + packet(LABEL)
    segment = b"\xff\xe1" + (len(words) + 2).to_bytes(2, "big") + words
    at = data.index(b"MPF\0") - 4
    at += 2 + int.from_bytes(data[at + 2 : at + 4], "big") if is_behind else 0
    photo = data[:at] + segment + data[at:]
    if is_behind:
        with pytest.raises(Invalid):
            embedded(guard, photo, LABEL)
    else:
        assert essence("jpeg", embedded(guard, photo, LABEL)) == essence("jpeg", photo)
