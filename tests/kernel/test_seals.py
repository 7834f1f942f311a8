"""Seals: what this installation keeps so that nobody else can read it or look it up."""

import pytest

from albumen.kernel.seals import Seals, Unsealable

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_was_sealed_is_read_for_its_purpose_only() -> None:
    seals = Seals([NEW])
    sealed = seals.seal(b"ABCD", "code")
    assert b"ABCD" not in sealed
    assert sealed != seals.seal(b"ABCD", "code")
    assert seals.open(sealed, "code") == b"ABCD"
    with pytest.raises(Unsealable):
        seals.open(sealed, "another")


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_what_was_changed_is_refused(place: int) -> None:
    seals = Seals([NEW])
    sealed = bytearray(seals.seal(b"ABCD", "code"))
    sealed[place] ^= 1
    with pytest.raises(Unsealable):
        seals.open(bytes(sealed), "code")


@pytest.mark.parametrize("length", [0, 3, 4, 12, 16])
def test_what_is_too_short_is_refused(length: int) -> None:
    seals = Seals([NEW])
    with pytest.raises(Unsealable):
        seals.open(seals.seal(b"ABCD", "code")[:length], "code")


def test_the_secret_before_is_still_understood() -> None:
    before, now, later = Seals([OLD]), Seals([NEW, OLD]), Seals([NEW])
    sealed = before.seal(b"ABCD", "code")
    assert now.open(sealed, "code") == b"ABCD"
    assert not now.is_current(sealed)
    assert now.is_current(now.seal(b"ABCD", "code"))
    assert now.marks("code", "ABCD") == [later.mark("code", "ABCD"), before.mark("code", "ABCD")]
    with pytest.raises(Unsealable):
        later.open(sealed, "code")


def test_marks_differ_by_purpose_and_content() -> None:
    seals = Seals([NEW])
    assert len({seals.mark(*each) for each in (("code", "A"), ("code", "B"), ("token", "A"), ("cod", "eA"))}) == 4
