"""`albumen about`: which release, and whose data is built in."""

from tests.cli.conftest import Command

from albumen import __version__


def test_about_names_the_release_and_whose_data_is_built_in(command: Command) -> None:
    told = command("about")
    assert told.code == 0
    assert [part in told.out for part in (__version__, "AGPL-3.0", "GeoNames", "CC BY 4.0")] == [True] * 4
    assert command("version").out.strip() == __version__
