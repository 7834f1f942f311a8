"""An installation with a keeper, Ann, and what the accounts' tests do with it."""

import pytest
from tests.installation import Installation

from albumen.accounts import users
from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM

PASSWORD = "correct horse battery"


@pytest.fixture
def ann(installation: Installation) -> User:
    with installation.app.writing(SYSTEM) as unit:
        return users.add(unit, "Ann@Example.org", name="Ann", password=PASSWORD, is_keeper=True)
