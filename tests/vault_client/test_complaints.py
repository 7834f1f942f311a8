"""What goes wrong at the commands of a vault is said in a sentence, and every word of them is explained."""

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import typer
from tests import make, s3
from typer.testing import CliRunner

from albumen_client import Client
from albumen_client.errors import ClientError
from albumen_client.vault.cli import vault

Run = Callable[..., str]


@pytest.fixture
def no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody finds keys for AWS."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.moto().endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", s3.moto().endpoint)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("photos.example", "A server is written https://photos.example, a bucket aws:REGION, a folder ./folder."),
        ("bogus://x", "a bucket aws:REGION"),
        ("", "a bucket aws:REGION"),
        ("~nobody-is-called-so/x", "there is no such user"),
        ("https://", "is no address"),
        ("https://x:port", "is no address"),
        ("aws://b?table=x", "aws://BUCKET?table=NAME"),
        ("aws://bucket?tables=x", "aws://BUCKET?table=NAME"),
        ("aws://bucket/below", "aws://BUCKET?table=NAME"),
        ("aws:eu central", "aws:REGION"),
        ("aws:-", "region"),
    ],
)
def test_a_mistyped_host_is_no_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, said: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for command in ("create", "unlock"):
        assert said in run("a", command, host, "--key", "x", ends=1)
    assert list((tmp_path / "here").iterdir()) == [] and not (tmp_path / "a" / "keys.json").exists()


def test_a_folder_is_there_or_written_as_a_path(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    (tmp_path / "there").mkdir()
    for number, (host, folder) in enumerate(
        {"there": "there", "./new": "new", "below/it": "below/it", "~/mine": "me/mine"}.items()
    ):
        told = run(f"device-{number}", "create", host).splitlines()[-1].split()
        assert told == ["Vault", told[1], "is", "ready:", str(tmp_path / folder / told[1])]
        assert (tmp_path / folder / told[1] / "vault.db").exists()
    monkeypatch.chdir("/")
    assert "0 photos" in run("device-0", "status"), "its folder is kept by the whole path"


def test_a_server_wants_a_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALBUMEN_KEY", raising=False)
    assert "Give the personal key by --key or ALBUMEN_KEY." in run("a", "create", "https://photos.example", ends=1)
    for key in ("clé", "al-key\r", "al-key\n", "al-key "):
        said = run("a", "create", "https://photos.example", "--key", key, ends=1)
        assert "This is no " in said and key.strip() not in said
        with pytest.raises(ClientError, match="This is no key") if key.isascii() else nullcontext():
            Client("https://photos.example", key=key).close()


@pytest.mark.usefixtures("no_keys")
def test_a_bucket_wants_keys_and_an_id(run: Run, tmp_path: Path) -> None:
    assert "There are no keys for AWS" in run("a", "create", "aws:eu-central-1", ends=1)
    assert "give the id by --vault" in run("a", "unlock", "aws:eu-central-1", ends=1)
    run("a", "create", tmp_path / "host")
    assert "There are no keys for AWS" in run("a", "pickery", "foo", ends=1)
    assert "region" in run("a", "pickery", "foo", "--region", "no such", ends=1)


@pytest.mark.usefixtures("no_keys")
def test_keys_are_looked_for_each_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as given:
        given.setenv("AWS_ACCESS_KEY_ID", s3.ACCESS_KEY)
        given.setenv("AWS_SECRET_ACCESS_KEY", s3.SECRET_KEY)
        assert "is ready" in run("a", "create", "aws:eu-central-1")
    assert "There are no keys for AWS" in run("b", "create", "aws:eu-central-1", ends=1)


def test_times_that_are_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    run("a", "create", tmp_path / "host")
    for every in ("-1", "inf", "nan", "soon"):
        assert "--every" in run("a", "sync", tmp_path / "photos", "--every", every, ends=2)


def test_a_photo_comes_into_a_new_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(make.photo())
    run("a", "create", tmp_path / "host")
    run("a", "add", tmp_path / "one.jpg")
    run("a", "get", "one.jpg", "--to", tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder" / "one.jpg").read_bytes() == (tmp_path / "one.jpg").read_bytes()
    assert "no such photo" in run("a", "get", "two.jpg", "--to", tmp_path / "other", ends=1)
    assert not (tmp_path / "other").exists()


def test_devices_that_did_not_ask_or_are_not_there(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("a", "create", tmp_path / "host")
    assert "Run `albumen vault device ask` first" in run("b", "device", "join", tmp_path / "host", ends=1)
    monkeypatch.delenv("ALBUMEN_VAULT_PASSPHRASE")
    said = run("a", "device", "revoke", "zzz", ends=1)
    assert "There is no such device" in said and "passphrase" not in said


def commands(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands of a group and of those in it, by what is typed."""
    for word, below in group.commands.items():
        if hasattr(below, "commands"):
            yield from commands(below, *path, word)
        else:
            yield (*path, word), below


def test_every_word_is_explained() -> None:
    found = dict(commands(typer.main.get_command(vault)))
    assert len(found) > 20
    assert [(path, each.name) for path, command in found.items() for each in command.params if not each.help] == []
    for path in found:
        told = CliRunner().invoke(vault, [*path, "--help"], env={"COLUMNS": "200"}).output
        assert "~/.local/share/albumen-vault" in told and "bound method" not in told
