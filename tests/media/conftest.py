"""What the tests of this room share."""

from collections.abc import Iterator

import pytest

from albumen.media.guard import Guard


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    with Guard(1) as guard:
        yield guard
