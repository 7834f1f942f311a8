"""The stories of devices that share a vault, told at the hosts that are used in earnest."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from tests import s3
from tests.http import served
from tests.installation import APPLICATION_KEY, Installation
from tests.vault.test_aws_remote import place_at
from tests.vault_client.simulator import play_all

from albumen import server
from albumen_client.client import credentials
from albumen_client.transport import Transport
from albumen_client.vault.aws import AwsRemote
from albumen_client.vault.remote import Remote
from albumen_client.vault.server import ServerRemote, create_vault

SEEDS = [range(9, 10), pytest.param(range(10, 58), marks=pytest.mark.torture)]
"""Every eighth story is also about devices that come and are shut out."""


@pytest.fixture
def line(installation: Installation) -> Iterator[Transport]:
    with served.served(server.serve(installation.app)) as port:
        headers = credentials(APPLICATION_KEY, "alice")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as http:
            yield Transport(http)


@pytest.mark.parametrize("seeds", SEEDS, ids=len)
def test_devices_agree_at_our_server(line: Transport, tmp_path: Path, seeds: range) -> None:
    def host(vault: str) -> Remote:
        return ServerRemote(line, create_vault(line, vault))

    assert play_all(seeds, tmp_path, host) > len(seeds)


@pytest.mark.parametrize("seeds", SEEDS, ids=len)
def test_devices_agree_at_a_bucket(tmp_path: Path, seeds: range) -> None:
    place = place_at(s3.moto())

    def host(vault: str) -> Remote:
        remote = AwsRemote(replace(place, vault=vault, prefix=f"{vault}/"))
        remote.prepare()
        return remote

    assert play_all(seeds, tmp_path, host) > len(seeds)
