"""What was found out a moment ago."""

from albumen.kernel.recent import Recent


def test_what_is_recent_is_known_until_it_is_forgotten() -> None:
    recent: Recent[str, int] = Recent(60, most=2)
    recent.remember("a", 1)
    recent.remember("b", 2)
    recent.remember("a", 3)
    recent.remember("c", 4)
    assert [recent.get(each) for each in "abc"] == [3, None, 4]
    recent.forget("c")
    recent.forget("never known")
    assert recent.get("c") is None


def test_what_is_old_is_found_out_anew() -> None:
    recent: Recent[str, int] = Recent(0, most=2)
    recent.remember("a", 1)
    assert recent.get("a") is None
