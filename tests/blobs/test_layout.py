"""Names of keys: distinct, safe, and as people expect them."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albumen.blobs.layout import MAX_NAME_BYTES, Layout, What, key_for, safe_name, spread
from albumen.blobs.port import check_key
from albumen.kernel import ids

SIGNATURE = ids.signature(bytes(range(32)))
VARIANTS = ("original", "sm", "md", "lg", "full-size", "poster")

signatures = st.binary(min_size=32, max_size=32).map(ids.signature)
whats = st.builds(
    What,
    signature=signatures,
    variant=st.sampled_from(VARIANTS),
    extension=st.sampled_from(["", ".webp", ".jpg"]),
    filename=st.text(max_size=300),
    taken=st.none() | st.dates(),
    owner_id=st.text(min_size=1, max_size=300),
    container_id=st.text(min_size=1, max_size=300),
)


def free(_: str) -> bool:
    return False


def photo(variant: str = "original", extension: str = ".jpg", **fields: object) -> What:
    known = {"filename": "IMG_1.jpg", "taken": date(2019, 6, 28), "owner_id": "u1", "container_id": "e7"}
    return What(SIGNATURE, variant, extension, **{**known, **fields})  # type: ignore[arg-type]  # fields by name, typed where they are given


@pytest.mark.parametrize(
    ("layout", "what", "key"),
    [
        (Layout.signature, photo(), f"original/aa/{SIGNATURE}"),
        (Layout.signature, photo("thumbnail", ".webp"), f"thumbnail/aa/{SIGNATURE}.webp"),
        (Layout.dated, photo(), "original/2019/06/28/IMG_1.jpg"),
        (Layout.dated, photo("thumbnail", ".webp"), "thumbnail/2019/06/28/IMG_1.webp"),
        (Layout.dated, photo(taken=None), "original/2000/01/01/IMG_1.jpg"),
        (Layout.dated, photo(taken=date(987, 1, 2)), "original/0987/01/02/IMG_1.jpg"),
        (Layout.dated, photo(filename=""), f"original/2019/06/28/{SIGNATURE}"),
        (Layout.owner, photo(), "u1/e7/IMG_1.jpg"),
        (Layout.owner, photo("md", ".webp"), "u1/e7/IMG_1.md.webp"),
        (Layout.owner, photo(owner_id="../..", container_id="a/b"), "_/a_b/IMG_1.jpg"),
    ],
)
def test_keys_of_each_layout(layout: Layout, what: What, key: str) -> None:
    assert key_for(layout, what, free) == key


@pytest.mark.parametrize("layout", [Layout.dated, Layout.owner])
def test_a_clash_gets_a_number(layout: Layout) -> None:
    taken: set[str] = set()
    for _ in range(4):
        taken.add(key_for(layout, photo(), taken.__contains__))
    assert {key.rpartition("/")[2] for key in taken} == {f"IMG_1{end}.jpg" for end in ("", " (2)", " (3)", " (4)")}


@pytest.mark.parametrize("layout", list(Layout))
def test_every_variant_has_a_key_of_its_own(layout: Layout) -> None:
    assert len({key_for(layout, photo(variant, ".jpg"), free).casefold() for variant in VARIANTS}) == len(VARIANTS)


@given(whats, st.sampled_from(list(Layout)), st.integers(0, 12))
def test_every_key_is_one_that_a_store_holds(what: What, layout: Layout, clashes: int) -> None:
    asked: list[str] = []

    def taken(key: str) -> bool:
        asked.append(key)
        return len(asked) <= clashes

    key = key_for(layout, what, taken)
    assert check_key(key) == key
    assert len(set(asked)) == len(asked)
    assert layout is Layout.signature or key == asked[-1]
    assert all(len(segment.encode()) <= MAX_NAME_BYTES for segment in key.split("/"))


@given(st.text(max_size=400))
def test_safe_names_are_safe_and_stay_as_they_are(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe) == unicodedata.normalize("NFC", safe)
    assert 0 < len(safe.encode()) <= MAX_NAME_BYTES
    assert not set(safe) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(char).startswith("C") for char in safe)
    assert safe == safe.strip(" .")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON.jpg", "_CON.jpg"),
        ("com1", "_com1"),
        ("console.jpg", "console.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("zero\u200bwidth.jpg", "zerowidth.jpg"),
        ("e\u0301t\u00e9.jpg", "été.jpg"),
        (" .hidden. ", "hidden"),
        ("写" * 100 + ".jpeg", "写" * 65 + ".jpeg"),
        ("x" * 300, "x" * 200),
        ("\x00\x1f", "unnamed"),
        ("lone\udc80", "lone"),
    ],
)
def test_unsafe_names_become_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(signatures)
def test_the_spread_does_not_depend_on_case(signature: str) -> None:
    assert spread(signature) == spread(signature).lower()
    assert check_key(f"original/{spread(signature)}/{signature}")
