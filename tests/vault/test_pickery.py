"""An old Pickery library: read as it lies, whatever it is spelt like, and moved into a vault without a loss."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests import make, s3
from tests.vault_client.households import Household, content_of
from typer.testing import CliRunner

from albumen_client.vault.cli import vault as commands
from albumen_client.vault.pickery import OldFile, Pickery, move, photo_of
from albumen_client.vault.vault import Vault


def spelt(content: bytes, habit: str = "_") -> str:
    """The name that Pickery gave a file, by one of its habits."""
    plain = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return plain.replace("/", "_").replace("+", "-") if habit == "url" else plain.replace("/", habit)


@dataclass
class OldLibrary:
    """A bucket and a table as Pickery left them."""

    pickery: Pickery
    rows: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def new(cls) -> "OldLibrary":
        server, word = s3.moto(), secrets.token_hex(6)
        import boto3

        keys = {"aws_access_key_id": s3.ACCESS_KEY, "aws_secret_access_key": s3.SECRET_KEY}
        dynamodb = boto3.client("dynamodb", endpoint_url=server.endpoint, region_name="us-east-1", **keys)
        server.client.create_bucket(Bucket=f"pickery.{word}")
        dynamodb.create_table(
            TableName=f"pickery-{word}",
            KeySchema=[{"AttributeName": "Signature", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Signature", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        return cls(Pickery(server.client, dynamodb, f"pickery.{word}", f"pickery-{word}"))

    def store(self, content: bytes, habit: str = "_") -> str:
        name = spelt(content, habit)
        self.pickery.s3.put_object(Bucket=self.pickery.bucket, Key=name, Body=content)
        return name

    def row(self, name: str, **columns: Any) -> None:
        item = {"Signature": {"S": name}, "TimeModified": {"N": "1600000000000"}, **columns}
        self.pickery.dynamodb.put_item(TableName=self.pickery.table, Item=item)


def said(**told: Any) -> dict[str, str]:
    return {"S": json.dumps(told)}


@pytest.fixture
def old() -> OldLibrary:
    return OldLibrary.new()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Household(tmp_path).device()


def with_letter(letters: str) -> bytes:
    """Some bytes whose name has all of these letters by the plain habit."""
    return next(
        content
        for number in range(100_000)
        if all(
            each in base64.b64encode(hashlib.sha256(content := b"photo %d" % number).digest()).decode()
            for each in letters
        )
    )


@pytest.mark.parametrize("habit", ["_", "-", "url"])
def test_names_of_every_habit(old: OldLibrary, vault: Vault, habit: str) -> None:
    content = with_letter("/+")
    old.row(old.store(content, habit), MetaData=said(fileName="IMG_1.bin"))
    moved = move(old.pickery, vault)
    assert (moved.photos, moved.failed) == (1, {})
    [asset] = vault.state.assets()
    assert content_of(vault, asset.signature) == content
    assert move(old.pickery, vault).already == 1


def test_the_table_and_the_bucket_may_differ_in_habit(old: OldLibrary, vault: Vault) -> None:
    content = with_letter("/+")
    old.store(content, "_")
    old.row(spelt(content, "-"), metadata=said(file_name="IMG_1.bin"))
    assert move(old.pickery, vault).photos == 1


def test_metadata_in_both_spellings(old: OldLibrary, vault: Vault) -> None:
    photo, film = make.photo(taken="2019-06-28 12:43:29"), b"the moving part"
    resources = [
        {"Signature": old.store(film), "Type": "pairedVideo", "FileName": "IMG_2.MOV"},
        {"signature": old.store(photo), "type": 1, "file_name": "IMG_2.jpg"},
    ]
    old.row(spelt(photo), Meta_Data=said(Resources=resources, isFavorite=True, Place="Lisboa"))
    old.row(spelt(b"a map"), MetaData={"M": {"fileName": {"S": "IMG_3.jpg"}, "favourite": {"BOOL": False}}})
    old.store(b"a map")
    assert move(old.pickery, vault).photos == 2
    by_name = {each.record.resources[0].file_name: each.record for each in vault.state.assets()}
    record = by_name["IMG_2.jpg"]
    assert [(each.kind, each.file_name) for each in record.resources[:2]] == [
        ("photo", "IMG_2.jpg"),
        ("pairedVideo", "IMG_2.MOV"),
    ]
    assert record.fields["favourite"] is True and record.fields["pickery"]["Place"] == "Lisboa"
    assert any(each.kind == "thumbnail" for each in record.resources)
    assert by_name["IMG_3.jpg"].fields["favourite"] is False


def test_tombstones_stay_gone(old: OldLibrary, vault: Vault) -> None:
    for number, metadata in enumerate(({"NULL": True}, {"S": "null"}, {"S": ""})):
        old.row(spelt(b"gone %d" % number), MetaData=metadata)
    old.row(spelt(b"gone 4"))
    moved = move(old.pickery, vault)
    assert (moved.tombstones, moved.photos, list(vault.state.assets())) == (4, 0, [])


def test_what_is_not_pickerys_is_passed_over() -> None:
    ours: dict[str, dict[str, Any]] = {"Signature": {"S": spelt(b"x")}, "Rev": {"N": "1"}, "MetaData": {"S": "v2.a.b"}}
    key: dict[str, dict[str, Any]] = {"Signature": {"S": "keys/0/pass.age"}, "Content": {"B": b"sealed"}}
    assert (photo_of(ours), photo_of(key)) == (None, None)


def test_metadata_that_is_none_is_kept_as_it_was(old: OldLibrary, vault: Vault) -> None:
    old.row(old.store(b"a photo"), MetaData={"S": "{broken"})
    assert move(old.pickery, vault).photos == 1
    [asset] = vault.state.assets()
    assert asset.record.fields["pickery"] == {"unread": "{broken"}


def test_lost_and_changed_files_are_told_and_the_rest_moves(old: OldLibrary, vault: Vault) -> None:
    lost, changed, whole = spelt(b"lost"), old.store(b"changed"), old.store(b"whole")
    old.pickery.s3.put_object(Bucket=old.pickery.bucket, Key=changed, Body=b"other bytes")
    for name in (lost, changed, whole):
        old.row(name, MetaData=said(fileName="../../etc/IMG.jpg"))
    moved = move(old.pickery, vault)
    assert (moved.photos, set(moved.failed)) == (1, {lost, changed})


def test_a_table_of_many_pages(old: OldLibrary) -> None:
    """A page ends after a mebibyte."""
    for number in range(40):
        old.row(spelt(b"%d" % number), MetaData=said(fileName="x" * 60_000))
    pages = old.pickery.dynamodb.get_paginator("scan").paginate(TableName=old.pickery.table)
    assert len(list(pages)) > 1
    assert len(list(old.pickery.photos())) == 40


def test_a_name_reads_in_two_ways() -> None:
    file = OldFile("-" * 42 + "A=", "photo", "a.jpg")
    assert len(file.digests) == 2 and file.keys[0] == file.name


def test_the_command(old: OldLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = s3.moto().endpoint
    for name, value in {
        "ALBUMEN_VAULT_PASSPHRASE": "correct horse battery",
        "ALBUMEN_VAULT": str(tmp_path / "home"),
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ACCESS_KEY_ID": s3.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": s3.SECRET_KEY,
    }.items():
        monkeypatch.setenv(name, value)
    for number in range(3):
        old.row(old.store(b"photo %d" % number), MetaData=said(fileName=f"IMG_{number}.bin"))
    old.row(spelt(b"lost"), MetaData=said(fileName="IMG_9.bin"))
    run = CliRunner().invoke
    assert run(commands, ["create", str(tmp_path / "host")]).exit_code == 0
    done = run(commands, ["pickery", old.pickery.bucket, "--table", old.pickery.table])
    assert (done.exit_code, "3 photos moved, 0 were there, 0 had been deleted" in done.output) == (1, True), done.output
    assert "IMG_9.bin is not in the bucket" in done.output
    again = run(commands, ["pickery", old.pickery.bucket, "--table", old.pickery.table])
    assert "0 photos moved, 3 were there" in again.output
