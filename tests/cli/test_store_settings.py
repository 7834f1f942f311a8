"""Settings of the store: what goes together, and what is told of what does not."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from albumen import app as composition
from albumen.settings.store import StoreSettings


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "s3"},
        {"kind": "s3", "bucket": "b", "access_key": "only one of two"},
        {"kind": "s3", "bucket": "b", "endpoint": "s3.example"},
        {"silent_seconds": 0},
        {"links": "elsewhere"},
    ],
)
def test_what_does_not_go_together_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        StoreSettings.model_validate(given)


def test_the_bucket_stands_in_the_path_where_the_store_is_not_that_of_aws() -> None:
    given = {"kind": "s3", "bucket": "b", "prefix": "/photos/"}
    ours = StoreSettings.model_validate({**given, "endpoint": "https://s3.example/"})
    assert (ours.is_path_style, ours.endpoint, ours.prefix) == (True, "https://s3.example", "photos")
    assert not StoreSettings.model_validate(given).is_path_style
    assert not StoreSettings.model_validate(
        {**given, "endpoint": "https://s3.example", "addressing": "host"}
    ).is_path_style


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, "https://photos.s3.eu-north-1.amazonaws.com"),
        ({"endpoint": "http://s3.example:81"}, "http://s3.example:81"),
        ({"endpoint": "http://inside", "public_endpoint": "https://s3.example"}, "https://s3.example"),
        ({"endpoint": "https://s3.example", "addressing": "host"}, "https://photos.s3.example"),
    ],
)
def test_links_lead_where_pages_may_look(given: dict[str, str], origin: str, tmp_path: Path) -> None:
    keys = {"access_key": "a", "secret_key": "s", "region": "eu-north-1"}
    chosen = StoreSettings.model_validate({"kind": "s3", "bucket": "photos", "links": "bucket", **keys, **given})
    blobs = composition.store(chosen, tmp_path)
    assert blobs.origin == origin
    link = blobs.link("original/é 1.jpg", {"Content-Type": "image/jpeg"}, 60)
    assert link is not None
    assert link.startswith(f"{origin}/")
    assert "response-content-type=image%2Fjpeg" in link
    quiet = composition.store(chosen.model_copy(update={"links": "server"}), tmp_path)
    assert (quiet.origin, quiet.link("a", {}, 60)) == ("", None)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    chosen = StoreSettings.model_validate({"kind": "s3", "bucket": "b", "access_key": "a", "secret_key": "hush"})
    assert "hush" not in repr(chosen)
    assert "hush" not in repr(composition.store(chosen, tmp_path))
