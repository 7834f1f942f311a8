"""What every store of bytes must do: to be subclassed by a test class that has a `blobs` fixture."""

import hashlib
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from albumen.blobs.port import Blobs, Corrupt, Spool
from albumen.kernel import ids
from albumen.kernel.errors import Conflict, Invalid, NotFound

NAME = "0123456789abcdef" * 2
BAD_KEYS = [
    "",
    "/etc/passwd",
    "../a",
    "a/../b",
    "a/..",
    "a//b",
    "a/",
    ".",
    "a/./b",
    "a\\b",
    "a\nb",
    "a\x00b",
    "a\x7fb",
    ".spool/x",
    ".lock/x",
    "a/.hidden",
    "x" * 256,
    "é" * 128,
    "/".join(["y" * 200] * 6),
    "lone\udc80surrogate",
]


def filled(blobs: Blobs, content: bytes) -> Spool:
    """A spool with `content`."""
    spool = blobs.spool()
    spool.write(content)
    return spool


def put(blobs: Blobs, key: str, content: bytes) -> bool:
    """Put `content`, and nothing left behind whatever happens."""
    with filled(blobs, content) as spool:
        return blobs.put(key, spool)


class BlobsContract:
    """Tests that need only the port."""

    def test_what_was_put_is_read(self, blobs: Blobs) -> None:
        content = os.urandom(3_000_001)
        assert put(blobs, "original/ab/one", content)
        with blobs.open("original/ab/one") as stream:
            assert stream.read() == content
            stream.seek(-5, os.SEEK_END)
            assert stream.read() == content[-5:]
        assert b"".join(blobs.read("original/ab/one")) == content

    def test_an_empty_blob_is_a_blob(self, blobs: Blobs) -> None:
        assert put(blobs, "empty", b"")
        assert list(blobs.read("empty")) == []
        assert blobs.stat("empty").size_bytes == 0

    @pytest.mark.parametrize(
        ("start", "end", "block"),
        [(0, None, 4), (3, 7, 100), (3, 7, 1), (9, 99, 4), (10, None, 4), (99, None, 4), (5, 5, 4), (0, 10, 10)],
    )
    def test_read_gives_the_range(self, blobs: Blobs, start: int, end: int | None, block: int) -> None:
        put(blobs, "digits", b"0123456789")
        blocks = list(blobs.read("digits", start, end, block))
        assert b"".join(blocks) == b"0123456789"[start:end]
        assert all(0 < len(each) <= block for each in blocks)

    def test_a_spool_counts_while_it_is_written(self, blobs: Blobs) -> None:
        with blobs.spool() as spool:
            for piece in (b"abc", bytearray(b"def"), memoryview(b"ghi")):
                spool.write(piece)
            assert spool.size_bytes == 9
            assert spool.crc32 == zlib.crc32(b"abcdefghi")
            assert spool.digest == hashlib.sha256(b"abcdefghi").digest()
            assert spool.signature == ids.signature(spool.digest)
            first, second = spool.reader(), spool.reader()
            with first, second:
                assert (first.read(3), second.read(), first.read()) == (b"abc", b"abcdefghi", b"defghi")

    def test_a_spool_adopts_what_others_wrote(self, blobs: Blobs) -> None:
        with blobs.spool() as spool:
            os.write(spool.fileno(), b"from a decoder")
            spool.adopt()
            assert (spool.size_bytes, spool.crc32) == (14, zlib.crc32(b"from a decoder"))
            spool.write(b", and more")
            assert blobs.put("adopted", spool)
            assert spool.digest == hashlib.sha256(b"from a decoder, and more").digest()
        assert b"".join(blobs.read("adopted")) == b"from a decoder, and more"

    def test_a_discarded_spool_leaves_nothing(self, blobs: Blobs) -> None:
        spool = filled(blobs, b"never put")
        spool.discard()
        spool.discard()
        assert not spool.file.exists()
        with pytest.raises(ValueError, match="closed"):
            spool.write(b"more")
        assert list(blobs.list()) == []

    def test_a_spool_that_is_put_is_used_up_and_still_tells(self, blobs: Blobs) -> None:
        spool = filled(blobs, b"kept")
        blobs.put("kept", spool)
        assert not spool.file.exists()
        assert (spool.size_bytes, spool.signature) == (4, ids.signature(hashlib.sha256(b"kept").digest()))

    def test_a_second_put_leaves_the_first(self, blobs: Blobs) -> None:
        key = "original/" + ids.signature(hashlib.sha256(b"same").digest())
        assert put(blobs, key, b"same")
        assert not put(blobs, key, b"same")
        assert b"".join(blobs.read(key)) == b"same"
        assert [stored.key for stored in blobs.list()] == [key]

    def test_damage_under_a_content_key_is_told(self, blobs: Blobs) -> None:
        key = ids.signature(hashlib.sha256(b"whole").digest())
        put(blobs, key, b"who")
        with filled(blobs, b"whole") as spool, pytest.raises(Corrupt):
            blobs.put(key, spool)
        assert b"".join(blobs.read(key)) == b"who"

    @pytest.mark.parametrize("other", [b"other", b"longer than that"])
    def test_other_content_under_a_name_is_a_conflict(self, blobs: Blobs, other: bytes) -> None:
        put(blobs, "2019/IMG.jpg", b"first")
        with filled(blobs, other) as spool:
            with pytest.raises(Conflict):
                blobs.put("2019/IMG.jpg", spool)
            assert blobs.put("2019/IMG (2).jpg", spool), "the spool can be put under another name"
        assert b"".join(blobs.read("2019/IMG.jpg")) == b"first"

    @pytest.mark.parametrize("key", BAD_KEYS)
    def test_keys_that_no_store_holds(self, blobs: Blobs, key: str) -> None:
        with blobs.spool() as spool:
            attempts: list[Callable[[], object]] = [
                lambda: blobs.put(key, spool),
                lambda: blobs.open(key),
                lambda: list(blobs.read(key)),
                lambda: blobs.local(key).__enter__(),
                lambda: blobs.path(key),
                lambda: blobs.stat(key),
                lambda: blobs.delete(key),
            ]
            for attempt in attempts:
                with pytest.raises(Invalid):
                    attempt()

    @pytest.mark.parametrize("key", ["a/b=+_(2) é.jpg", "z" * 255, "/".join(["d"] * 20), "写真/花.heic"])
    def test_keys_that_every_store_holds(self, blobs: Blobs, key: str) -> None:
        assert put(blobs, key, b"x")
        assert [stored.key for stored in blobs.list()] == [key]

    @pytest.mark.parametrize("key", ["absent", "no/such/folder", "there/below"])
    def test_absent_is_not_found(self, blobs: Blobs, key: str) -> None:
        put(blobs, "there", b"a file, not a folder")
        for attempt in (
            blobs.open,
            blobs.stat,
            lambda key: list(blobs.read(key)),
            lambda key: blobs.local(key).__enter__(),
        ):
            with pytest.raises(NotFound):
                attempt(key)
        assert blobs.path(key) is None
        assert not blobs.delete(key)

    def test_local_is_a_readable_descriptor(self, blobs: Blobs) -> None:
        put(blobs, "video", b"moov")
        with blobs.local("video") as fd:
            assert os.read(fd, 10) == b"moov"
            assert os.pread(fd, 2, 1) == b"oo"

    def test_path_is_the_blob_or_nothing(self, blobs: Blobs) -> None:
        put(blobs, "photo", b"jpeg")
        path = blobs.path("photo")
        assert path is None or path.read_bytes() == b"jpeg"

    def test_stat_says_size_and_time(self, blobs: Blobs) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        put(blobs, "photo", b"jpeg")
        stored = blobs.stat("photo")
        assert (stored.key, stored.size_bytes) == ("photo", 4)
        assert before < stored.modified_at < datetime.now(UTC) + timedelta(seconds=1)

    def test_delete_removes_once(self, blobs: Blobs) -> None:
        put(blobs, "a/b", b"x")
        assert blobs.delete("a/b")
        assert not blobs.delete("a/b")
        assert list(blobs.list()) == []
        assert put(blobs, "a/b", b"y")

    def test_a_sweep_does_not_take_what_was_just_found_there(self, blobs: Blobs) -> None:
        put(blobs, "orphan", b"x")
        grace_ends = blobs.stat("orphan").modified_at
        assert not blobs.delete("orphan", untouched_since=grace_ends)
        assert not put(blobs, "orphan", b"x")
        assert blobs.stat("orphan").modified_at >= grace_ends, "putting it again starts the grace time anew"
        assert blobs.delete("orphan", untouched_since=datetime.now(UTC) + timedelta(minutes=1))

    def test_an_open_reader_survives_the_delete(self, blobs: Blobs) -> None:
        put(blobs, "a", b"still here")
        with blobs.open("a") as stream:
            blobs.delete("a")
            assert stream.read() == b"still here"

    def test_list_is_in_key_order(self, blobs: Blobs) -> None:
        keys = ["b", "a/x", "a.txt", "a-b/x", "a/b/c", "a/b.c", "A", "é", "a0", "a/b-c", "写", "a b/x"]
        for key in keys:
            put(blobs, key, b"1")
        assert [stored.key for stored in blobs.list()] == sorted(keys)
        for after in [*keys, "a/", "a/b", "a/b/", "", "zz"]:
            assert [stored.key for stored in blobs.list(after=after)] == sorted(k for k in keys if k > after)
        for prefix in ["a", "a/", "a/b", "a/b/", "x", "é"]:
            found = [stored.key for stored in blobs.list(prefix, after="a/b")]
            assert found == sorted(k for k in keys if k.startswith(prefix) and k > "a/b")

    def test_a_sweep_spares_living_spools(self, blobs: Blobs) -> None:
        with filled(blobs, b"in flight") as spool:
            assert blobs.sweep_spools(timedelta(0)) == 0
            assert spool.file.exists()

    def test_a_sweep_takes_dead_spools_after_their_time(self, blobs: Blobs) -> None:
        with blobs.spool() as spool:
            dead: Path = spool.file.with_name("0" * 32 + ".part")
        dead.write_bytes(b"left by a crash")
        assert blobs.sweep_spools(timedelta(hours=1)) == 0
        assert blobs.sweep_spools(timedelta(0)) == 1
        assert not dead.exists()

    def test_space_is_plausible_where_known(self, blobs: Blobs) -> None:
        space = blobs.space()
        assert space is None or 0 < space.free_bytes <= space.total_bytes

    def test_a_held_spool_is_gone_on_with(self, blobs: Blobs) -> None:
        with blobs.spool_at(NAME) as spool:
            spool.write(b"one, ")
            spool.sync()
        with blobs.spool_at(NAME) as spool:
            assert spool.size_bytes == 5
            spool.write(b"half of tw")
            spool.cut(5)
            spool.write(b"two")
            spool.adopt()
            key = ids.signature(hashlib.sha256(b"one, two").digest())
            assert (spool.size_bytes, spool.signature, spool.crc32) == (8, key, zlib.crc32(b"one, two"))
            assert blobs.put(key, spool)
            spool.remove()
            assert not spool.file.exists()
        assert b"".join(blobs.read(key)) == b"one, two"

    def test_a_held_spool_that_was_put_can_be_put_again_but_not_written(self, blobs: Blobs) -> None:
        for is_new in (True, False):
            with blobs.spool_at(NAME) as spool:
                spool.write(b"bytes"[spool.size_bytes :])
                spool.adopt()
                assert blobs.put(f"original/{spool.signature}", spool) is is_new
        key = "original/" + ids.signature(hashlib.sha256(b"bytes").digest())
        with blobs.spool_at(NAME) as spool:
            with suppress(Conflict):  # a store may have the very file by now
                spool.cut(0)
            spool.remove()
        assert b"".join(blobs.read(key)) == b"bytes"

    def test_a_held_spool_has_one_holder(self, blobs: Blobs) -> None:
        with blobs.spool_at(NAME), pytest.raises(Conflict):
            blobs.spool_at(NAME)
        blobs.spool_at(NAME).remove()

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME.upper() + "F", NAME[1:], f"{NAME}/", "g" * 32])
    def test_names_of_no_held_spool(self, blobs: Blobs, name: str) -> None:
        with pytest.raises(Invalid):
            blobs.spool_at(name)

    def test_a_sweep_spares_held_spools_by_name(self, blobs: Blobs) -> None:
        with blobs.spool_at(NAME) as spool:
            spool.write(b"half of something")
        assert blobs.sweep_spools(timedelta(0), {NAME}) == 0
        assert spool.file.exists()
        assert blobs.sweep_spools(timedelta(0)) == 1
        assert not spool.file.exists()
