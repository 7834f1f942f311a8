"""After every flow, a device that followed the feed must hold what the server lists."""

from collections.abc import Iterator

import pytest
from tests.flows.replica import check_replicas


@pytest.fixture(autouse=True)
def followed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check that at the end of a test that has an installation."""
    if "installation" not in request.fixturenames:
        yield
        return
    installation = request.getfixturevalue("installation")
    yield
    check_replicas(installation)
