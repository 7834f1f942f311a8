"""A bucket and two tables as the host of a vault: the contract, on moto, and with a real S3 store for the blobs."""

import io
import os
import secrets
from dataclasses import replace

import pytest
from tests import s3
from tests.contracts.vault_remote import VAULT, VaultRemoteContract, blob_of, head_of, named, put
from tests.s3 import ACCESS_KEY, SECRET_KEY, Server

from albumen_client.errors import ClientError, Unreachable
from albumen_client.vault.aws import AwsRemote, Place
from albumen_client.vault.aws_objects import SINGLE_BYTES
from albumen_client.vault.remote import START, Commit, HeadMoved, Link, NotOffered, Row


def place_at(objects: Server) -> Place:
    """An empty place for a vault; moto has the tables wherever the blobs are."""
    word = secrets.token_hex(6)
    return Place(
        vault=VAULT,
        bucket=objects.bucket(),
        prefix=f"{word}/",
        s3_endpoint=objects.endpoint,
        dynamodb_endpoint=s3.moto().endpoint,
        access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
        states=f"pickery-{word}",
        log=f"pickery_log-{word}",
        pause=lambda seconds: None,
    )


@pytest.fixture
def place() -> Place:
    return place_at(s3.moto())


@pytest.fixture
def remote(place: Place) -> AwsRemote:
    made = AwsRemote(place)
    made.prepare()
    made.prepare()
    return made


@pytest.fixture
def again(remote: AwsRemote) -> AwsRemote:
    return AwsRemote(remote.place)


class TestAwsRemote(VaultRemoteContract):
    """The contract, with moto for both."""


class TestRealStore(VaultRemoteContract):
    """The contract, with the blobs in a real store."""

    @pytest.fixture
    def place(self) -> Place:
        return place_at(s3.radosgw())


class Stopped(Exception):
    pass


@pytest.mark.parametrize("objects", [s3.moto, s3.radosgw], ids=["moto", "radosgw"])
def test_a_large_blob_is_gone_on_with(objects: object) -> None:
    assert callable(objects)
    remote = AwsRemote(place_at(objects()))
    remote.prepare()
    content = os.urandom(SINGLE_BYTES + 70_000)
    blob = blob_of(content)

    def stop(sent: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        remote.put_blob(blob, io.BytesIO(content), stop)
    assert remote.blob(blob.signature) is None
    sent: list[int] = []
    remote.objects.client.meta.events.register(
        "before-call.s3.UploadPart", lambda params, **_: sent.append(params["url_path"].__len__())
    )
    remote.put_blob(blob, io.BytesIO(content), lambda sent: None)
    assert len(sent) == 1, "the first part was there already"
    assert remote.blob(blob.signature) == blob
    assert remote.read_blob(blob.signature, SINGLE_BYTES - 5, 10) == content[SINGLE_BYTES - 5 : SINGLE_BYTES + 5]


def test_two_vaults_share_the_tables(remote: AwsRemote) -> None:
    other = AwsRemote(replace(remote.place, vault="00000000-0000-4000-8000-000000000000", prefix="other/"))
    remote.commit(Commit(START, "mine", Row(named("a"), 1, "v2.r.m")))
    assert other.head() == START and list(other.rows()) == []
    other.commit(Commit(START, "theirs", Row(named("b"), 1, "v2.r.m")))
    assert [row.signature for row in remote.rows()] == [named("a")]
    with pytest.raises(HeadMoved):
        other.commit(Commit(other.head(), "not theirs", Row(named("a"), 2, "v2.r.m")))
    remote.put_key("pass.age", b"mine", None)
    other.put_key("pass.age", b"theirs", None)
    assert remote.key("pass.age") == b"mine"


def test_a_key_file_lies_beside_the_blobs(remote: AwsRemote) -> None:
    """With the bucket and the stock age tool alone, everything can be had back."""
    remote.put_key("pass.age", b"sealed identity", None)
    where = {"Bucket": remote.objects.bucket, "Key": f"{remote.objects.prefix}keys/pass.age"}
    assert remote.objects.client.get_object(**where)["Body"].read() == b"sealed identity"
    assert list(remote.blobs()) == []


def test_a_log_of_many_pages(remote: AwsRemote) -> None:
    head, large = START, "x" * 200_000
    for n in range(1, 9):
        head = remote.commit(Commit(head, f"{n}{large}"))
    page = remote.log(0)
    assert [entry.n for entry in page.entries] == list(range(1, 9)) and page.head == head
    assert head == head_of(8, f"8{large}")


def test_links_need_a_server(remote: AwsRemote) -> None:
    with pytest.raises(NotOffered):
        remote.put_link(Link("x", b"", ()))
    with pytest.raises(NotOffered):
        remote.drop_link("x")


def test_failures_are_words(place: Place) -> None:
    nowhere = AwsRemote(replace(place, bucket="there-is-none", s3_endpoint="http://127.0.0.1:1"))
    with pytest.raises(Unreachable):
        put(nowhere, b"bytes")
    with pytest.raises(ClientError):
        AwsRemote(place).head()
