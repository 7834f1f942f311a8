"""Signed links: bound to one thing, for a time, by a key."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from albumen.blobs.layout import STRIPPED, Layout, What, key_for
from albumen.blobs.links import Grant, Signer, rounded_expiry
from albumen.blobs.memory import MemoryBlobs
from albumen.http.links import StandIn, media_app
from albumen.kernel import ids
from albumen.kernel.errors import Gone, NotFound

NOW = datetime(2026, 5, 1, 12, 34, 56, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
SIGNATURE = ids.signature(bytes(range(200, 232)))
OTHER = ids.signature(bytes(range(100, 132)))
signer = Signer({"1": OLD, "2": NEW}, "2")


def grant(**changes: object) -> Grant:
    fields = {
        "variant": "md",
        "signature": SIGNATURE,
        "key": key_for(Layout.signature, What(SIGNATURE, "md", ".webp"), lambda _: False),
        "mime": "image/webp",
        "expires_at": NOW + timedelta(hours=1),
        **changes,
    }
    return Grant(**fields)  # type: ignore[arg-type]  # fields by name, typed where they are given


def verify(link: str, now: datetime = NOW, by: Signer = signer) -> Grant:
    path, _, query = link.partition("?")
    return by.verify(path, query.encode(), now)


@given(
    st.builds(
        Grant,
        variant=st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True),
        signature=st.binary(min_size=32, max_size=32).map(ids.signature),
        key=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200),
        mime=st.sampled_from(["image/jpeg", "image/svg+xml", "video/mp4", "a&b=c"]),
        expires_at=st.datetimes(datetime(2026, 6, 1), datetime(2100, 1, 1)).map(
            lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
        ),
        audience=st.text(st.characters(codec="utf-8"), max_size=20),
        download_as=st.none() | st.text(st.characters(codec="utf-8"), max_size=50),
    )
)
def test_what_was_signed_is_read(granted: Grant) -> None:
    link = signer.sign(granted)
    assert link.isascii()
    assert verify(link) == granted


@pytest.mark.parametrize("layout", list(Layout))
def test_links_of_every_layout_are_short_and_give_the_key_back(layout: Layout) -> None:
    what = What(SIGNATURE, "full-size", ".jpg", "IMG_20190628_123456.jpg", None, "3w5e11264sgsf", "1y2p0ij32e8e7")
    key = key_for(layout, what, lambda _: False)
    link = signer.sign(grant(variant="full-size", key=key, audience="3w5e11264sgsf", download_as=what.filename))
    assert verify(link).key == key
    assert len(link) < 300


@given(st.data())
def test_a_changed_link_is_none(data: st.DataObject) -> None:
    link = signer.sign(grant(audience="guest", download_as="IMG 1.jpg"))
    at = data.draw(st.integers(len("/media/"), len(link) - 1))
    char = data.draw(st.characters(codec="ascii", exclude_characters=link[at]))
    with pytest.raises(NotFound):
        verify(link[:at] + char + link[at + 1 :])


@pytest.mark.parametrize(
    "link",
    [
        "/media/",
        "/media/md",
        "/media/md/x?by=2&exp=9999999999&type=image/webp&sig=",
        "/media/md/x?sig=x",
        "/media/md/x?by=\xff&sig=\xff",
        "/media/\udcff/x?by=2&sig=x",
        signer.sign(grant()).partition("&sig=")[0],
    ],
)
def test_what_was_never_a_link_is_none(link: str) -> None:
    path, _, query = link.partition("?")
    with pytest.raises(NotFound):
        signer.verify(path, query.encode("latin-1"), NOW)


def test_a_link_is_bound_to_one_variant() -> None:
    with pytest.raises(NotFound):
        verify(signer.sign(grant()).replace("/media/md/", "/media/original/"))


def test_a_link_ends() -> None:
    link = signer.sign(grant())
    assert verify(link, NOW + timedelta(minutes=59, seconds=59)).variant == "md"
    with pytest.raises(Gone):
        verify(link, NOW + timedelta(hours=1))


def test_links_outlive_a_change_of_key_until_the_old_one_is_dropped() -> None:
    link = Signer({"1": OLD}, "1").sign(grant())
    assert verify(link, by=signer) == grant()
    with pytest.raises(NotFound):
        verify(link, by=Signer({"2": NEW}, "2"))
    with pytest.raises(NotFound):
        verify(link, by=Signer({"1": NEW}, "1"))


@pytest.mark.parametrize(("keys", "message"), [({"1": b"short"}, "32 bytes"), ({"a&b": OLD}, "letters")])
def test_weak_keys_are_refused(keys: dict[str, bytes], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Signer(keys, next(iter(keys)))


@pytest.mark.parametrize("changes", [{"variant": "a/b"}, {"variant": ""}, {"signature": "x"}])
def test_what_cannot_be_linked_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="variant"):
        signer.sign(grant(**changes))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.sampled_from([10, 60]))
def test_expiry_is_on_the_grid_one_to_two_lifetimes_ahead(moment: datetime, minutes: int) -> None:
    now, lifetime = moment.replace(tzinfo=UTC), timedelta(minutes=minutes)
    expires_at = rounded_expiry(now, lifetime)
    assert lifetime < expires_at - now <= 2 * lifetime
    assert expires_at.timestamp() % lifetime.total_seconds() == 0


STAND_INS = {
    SIGNATURE: StandIn(grant().key, "image/jpeg", "stripped-tag", (b"<", (4, 8), 3, (0, 2), b">")),
    OTHER: StandIn(grant().key, "image/webp", "lg-tag", None, ".webp"),
}


@pytest.fixture
def client() -> TestClient:
    blobs = MemoryBlobs()
    with blobs.spool() as spool:
        spool.write(b"webp" * 10)
        blobs.put(grant().key, spool)
    return TestClient(media_app(blobs, signer, lambda: NOW, STAND_INS.__getitem__))


def stripped_link(signature: str = SIGNATURE) -> str:
    return signer.sign(grant(variant=STRIPPED, signature=signature, mime="image/heic", download_as="a.heic"))


def test_a_stripped_original_is_put_together_from_pieces(client: TestClient) -> None:
    answer = client.get(stripped_link())
    assert (answer.status_code, answer.content) == (200, b"<webp\0\0\0we>")
    assert answer.headers["etag"] == '"stripped-tag"'
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == "11"
    assert 'filename="a.heic"' in answer.headers["content-disposition"]
    assert client.head(stripped_link()).headers["content-length"] == "11"


@pytest.mark.parametrize("start", range(11))
def test_any_range_of_a_stripped_original(client: TestClient, start: int) -> None:
    whole = b"<webp\0\0\0we>"
    for end in range(start, 11):
        ranged = {"Range": f"bytes={start}-{end}", "If-Range": '"stripped-tag"'}
        answer = client.get(stripped_link(), headers=ranged)
        assert (answer.status_code, answer.content) == (206, whole[start : end + 1])
        assert answer.headers["content-range"] == f"bytes {start}-{end}/11"


def test_where_nothing_can_be_stripped_a_rendition_stands_in(client: TestClient) -> None:
    answer = client.get(stripped_link(OTHER))
    assert answer.content == b"webp" * 10
    assert answer.headers["content-type"] == "image/webp"
    assert 'filename="a.webp"' in answer.headers["content-disposition"]


def test_the_route_serves_what_a_link_grants(client: TestClient) -> None:
    answer = client.get(signer.sign(grant()))
    assert (answer.status_code, answer.content) == (200, b"webp" * 10)
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["etag"] == f'"{SIGNATURE}.md"'
    assert answer.headers["cache-control"] == "private, max-age=3600, immutable"
    assert "content-disposition" not in answer.headers


def test_the_route_names_downloads(client: TestClient) -> None:
    answer = client.get(signer.sign(grant(download_as="Ünï \U0001f389.webp")))
    assert answer.headers["content-disposition"].startswith('attachment; filename="_n_ _.webp"; filename*=UTF-8')


@pytest.mark.parametrize(
    ("method", "changes", "status"),
    [
        ("GET", {"key": "elsewhere"}, 404),
        ("GET", {"expires_at": NOW}, 410),
        ("POST", {}, 405),
        ("HEAD", {}, 200),
    ],
)
def test_the_route_says_no_in_problem_details(
    client: TestClient, method: str, changes: dict[str, object], status: int
) -> None:
    answer = client.request(method, signer.sign(grant(**changes)))
    assert answer.status_code == status
    assert status < 400 or answer.headers["content-type"] == "application/problem+json"


def test_guessing_is_not_found(client: TestClient) -> None:
    answer = client.get(f"/media/original/{os.urandom(8).hex()}?by=2&exp=9999999999&sig=AAAA")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
