"""Whatever a command opens towards a host is closed when it ends, also where it fails."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from tests import make, s3
from tests.http import served
from tests.installation import Installation
from typer.testing import CliRunner

from albumen import server
from albumen.accounts import keys
from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM
from albumen_client.vault import hosts
from albumen_client.vault.cli import vault
from albumen_client.vault.folder import FolderRemote
from albumen_client.vault.home import Place

VAULT = "7c0c3a54-2f6e-4c57-9d5b-2f4f6f9a1b11"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[httpx2.Client]:
    """Every connection that is made from here on."""
    made: list[httpx2.Client] = []

    class Line(httpx2.Client):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, **more)  # type: ignore[arg-type]  # passed on as they come
            made.append(self)

    monkeypatch.setattr(httpx2, "Client", Line)
    return made


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    with served.served(server.serve(installation.app)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def key(installation: Installation) -> str:
    """A personal key of Alice's."""
    user_id = installation.user("alice").id
    with installation.app.writing(SYSTEM) as unit:
        return keys.create(unit, unit.db.get_one(User, user_id), label="vault", scopes=["read", "write"])[1]


@pytest.mark.usefixtures("quick_keys")
def test_commands_hang_up(
    address: str, key: str, tmp_path: Path, lines: list[httpx2.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALBUMEN_VAULT_PASSPHRASE", "eight words are better than these")
    (tmp_path / "one.jpg").write_bytes(make.photo())

    def run(who: str, *command: str, ends: int = 0) -> str:
        before = len(lines)
        result = CliRunner().invoke(vault, [*command, "--home", str(tmp_path / who)])
        assert result.exit_code == ends, result.output
        assert len(lines) > before and all(line.is_closed for line in lines)
        return result.output

    run("a", "create", address, "--key", key)
    run("a", "add", str(tmp_path / "one.jpg"))
    run("b", "unlock", address, "--key", key)
    assert "one.jpg" in run("b", "ls")
    run("c", "unlock", address, "--key", "a wrong one", ends=1)


def test_links_are_taken_back_once(address: str, key: str, run: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(make.photo())
    assert run("a", "create", address, "--key", key).endswith(f"is ready: {address}\n")
    run("a", "add", tmp_path / "one.jpg")
    link = run("a", "share", "one.jpg").strip()
    assert "shows nothing any more" in run("a", "unshare", link)
    for unknown in (link, "x" * 22, f"{address}/s/", f"{address}/s/?"):
        assert "There is no such link" in run("a", "unshare", unknown, ends=1)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> s3.Server:
    """What the environment says of a store, as other programs read it."""
    store = s3.moto()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.SECRET_KEY)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", store.endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", store.endpoint)
    return store


def test_vaults_share_a_bucket_that_is_named(aws: s3.Server, run: Callable[..., str], tmp_path: Path) -> None:
    bucket, table = f"photos-{secrets.token_hex(6)}", f"photos-{secrets.token_hex(6)}"
    host = f"aws://{bucket}?table={table}&region=eu-central-1"
    (tmp_path / "one.jpg").write_bytes(make.photo())
    made = {}
    for who in ("a", "b"):
        said = run(who, "create", host)
        assert said.endswith(f"is ready: bucket {bucket}, tables {table} and {table}_log, eu-central-1\n")
        made[who] = said.split()[-10]
    run("a", "add", tmp_path / "one.jpg")
    run("c", "unlock", host, "--vault", made["a"])
    assert "one.jpg" in run("c", "ls")
    assert "2 files are as they were put in" in run("c", "verify")
    assert run("b", "ls") == "" and "0.0 MB" in run("b", "status")
    names = [each["Key"] for each in aws.client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert {name.partition("/")[0] for name in names} == set(made.values())


def test_a_bucket_of_its_own(aws: s3.Server, run: Callable[..., str]) -> None:
    vault_id = run("a", "create", "aws:eu-central-1").partition("Vault ")[2].split()[0]
    assert aws.client.list_objects_v2(Bucket=f"pickery.{vault_id}", Prefix="keys/pass.age")["KeyCount"] == 1


def test_a_folder_is_let_go(tmp_path: Path) -> None:
    place = Place(str(tmp_path), VAULT)
    hosts.make(place)
    with hosts.connected(place) as remote:
        assert isinstance(remote, FolderRemote) and remote.head().n == 0
    with pytest.raises(Exception, match="closed database"):
        remote.head()


def test_a_bucket_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with hosts.connected(Place("aws:eu-central-1", VAULT)) as remote:
        clients = [remote.objects.client, remote.tables.client]  # type: ignore[attr-defined]  # those of a bucket
        closed: list[object] = []
        for client in clients:
            monkeypatch.setattr(client, "close", lambda client=client: closed.append(client))
    assert closed == clients
