"""Keys for a bucket that the settings have none for."""

import os
from pathlib import Path

import pytest

from albumen.blobs import keys
from albumen.kernel.errors import Invalid


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a role, where nobody has set up AWS's programs."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def test_they_are_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ann")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    told = keys.found()()
    assert (told["access_key_id"], told["secret_access_key"]) == ("ann", "secret")


def test_none_are_asked_for_by_the_names_of_settings() -> None:
    with pytest.raises(Invalid, match="ALBUMEN_STORE_ACCESS_KEY"):
        keys.found()


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "photos")
    with pytest.raises(Invalid, match="photos"):
        keys.found()
