"""The ladder of sizes."""

from itertools import pairwise

from albumen.media.recipes import FULL, LG, MD, RECIPES, SM


def test_each_size_is_larger_than_the_one_before() -> None:
    for smaller, larger in pairwise((SM, MD, LG)):
        assert (smaller.longest or 0) < (larger.longest or 0)
    assert FULL.longest is None


def test_recipes_are_found_by_variant() -> None:
    assert list(RECIPES) == ["sm", "md", "lg", "full-size"]
    assert RECIPES["sm"] is SM


def test_media_types_follow_the_format() -> None:
    assert (SM.mime, SM.extension) == ("image/webp", ".webp")
    assert (LG.mime, LG.extension) == ("image/jpeg", ".jpg")
