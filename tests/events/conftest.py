"""What the tests of events stand on."""

import pytest
from tests.events.party import Party
from tests.installation import Caller, Installation


@pytest.fixture
def party(installation: Installation, alice: Caller) -> Party:
    """An event of alice's with four photos."""
    return Party.of(installation, alice)
