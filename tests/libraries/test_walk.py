"""A walk: every file is told of once, with what lies beside it, and some are passed over."""

import os
from pathlib import Path

from albumen.libraries.walk import Fate, Found, walk


def laid_out(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode())
    return root


def by_path(root: Path, *without: Path) -> dict[str, Found]:
    found = list(walk(root, without=without))
    assert len({each.path for each in found}) == len(found)
    return {each.path: each for each in found}


def test_every_file_is_found_once_with_its_size(tmp_path: Path) -> None:
    laid_out(tmp_path, "a.jpg", "b/c.jpg", "b/d/e f.heic")
    assert {path: each.size_bytes for path, each in by_path(tmp_path).items()} == {
        "a.jpg": 5,
        "b/c.jpg": 7,
        "b/d/e f.heic": 12,
    }


def test_what_is_hidden_or_a_device_keeps_for_itself_is_ignored_but_counted(tmp_path: Path) -> None:
    junk = (".DS_Store", "._a.jpg", "Thumbs.db", "@eaDir/a.jpg/thumb.jpg", ".thumbnails/x/y.jpg", "#recycle/old.jpg")
    found = by_path(laid_out(tmp_path, "a.jpg", *junk))
    assert {path for path, each in found.items() if each.fate == Fate.ignored} == set(junk)
    assert found["a.jpg"].fate is None


def test_sidecars_go_to_their_photos_and_others_are_files_like_any(tmp_path: Path) -> None:
    laid_out(
        tmp_path, "a.jpg", "a.jpg.xmp", "b.jpg", "b.jpg.supplemental-metadata.json", "c.xmp", "album.json", "c/c.jpg"
    )
    found = by_path(tmp_path)
    assert found["a.jpg"].sidecars == ("a.jpg.xmp",)
    assert found["b.jpg"].sidecars == ("b.jpg.supplemental-metadata.json",)
    assert {path for path, each in found.items() if each.fate == Fate.sidecar} == {
        "a.jpg.xmp",
        "b.jpg.supplemental-metadata.json",
    }
    assert found["c.xmp"].fate is found["album.json"].fate is None
    assert found["c/c.jpg"].sidecars == ()


def test_one_sidecar_may_describe_two_photos(tmp_path: Path) -> None:
    found = by_path(laid_out(tmp_path, "a.arw", "a.jpg", "a.xmp"))
    assert found["a.arw"].sidecars == found["a.jpg"].sidecars == ("a.xmp",)
    assert len(found) == 3


def test_links_to_files_count_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    laid_out(tmp_path, "a/b.jpg", "a/side.json")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "self.jpg").symlink_to("self.jpg")
    (tmp_path / "a" / "self.json").symlink_to("self.json")
    (tmp_path / "a" / "gone.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "a" / "also.jpg").symlink_to("b.jpg")
    found = by_path(tmp_path)
    links = ("a/loop", "a/self.jpg", "a/self.json", "a/gone.jpg")
    assert all(found[path].fate == Fate.ignored for path in links)
    assert found["a/also.jpg"] == Found("a/also.jpg", size_bytes=7)
    assert len(found) == 7


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert by_path(tmp_path)["pipe.jpg"].fate == Fate.ignored


def test_a_closed_folder_is_not_entered(tmp_path: Path) -> None:
    found = by_path(laid_out(tmp_path, "a.jpg", "data/store/b.jpg"), tmp_path / "data", tmp_path / "missing")
    assert found.keys() == {"a.jpg", "data"}
    assert found["data"].fate == Fate.ignored


def test_a_folder_that_is_gone_is_a_failure_and_not_the_end(tmp_path: Path) -> None:
    laid_out(tmp_path, "a/x.jpg", "b/y.jpg")
    walking = walk(tmp_path)
    first = next(walking)
    other = tmp_path / ("a" if first.path.startswith("b") else "b")
    next(other.iterdir()).unlink()
    other.rmdir()
    [failure] = walking
    assert (failure.path, failure.fate) == (other.name, Fate.failed)
    assert "cannot be read" in failure.reason


def test_names_that_are_no_text_are_told_as_they_are(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    (tmp_path / name).write_bytes(b"x")
    assert by_path(tmp_path).keys() == {name}
