"""Several machines, played by processes: a cluster does what one server does, also while its servers change."""

import http.client
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests import databases
from tests.cluster_nodes import running, shared_settings
from tests.faults.living import Caller

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.torture


def test_the_cluster_of_make_cluster_says_ok() -> None:
    databases.check_server()
    done = subprocess.run(
        [sys.executable, ROOT / "tools/cluster.py"], capture_output=True, text=True, timeout=470, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("OK\n")


def test_no_request_fails_while_servers_are_replaced_one_by_one(tmp_path: Path) -> None:
    databases.check_server()
    told = shared_settings(bucket=False, broker=False)
    told["ALBUMEN_STORE_FOLDER"] = str(tmp_path / "store")
    with running(tmp_path / "cluster", told, workers=0) as cluster, ThreadPoolExecutor(4) as threads:
        replaced = threading.Event()
        asked = [threads.submit(keep_asking, cluster.port, replaced, is_kept=n % 2 == 0) for n in range(4)]
        for each in cluster.servers:
            each.stop()
            each.start()
        replaced.set()
        counts = [each.result(120) for each in asked]
    assert sum(counts) >= 200


def keep_asking(port: int, enough: threading.Event, *, is_kept: bool) -> int:
    """Ask on one connection for as long as it is not closed politely, or on a new one each time; how often."""
    caller, count = Caller(port, "alice"), 0
    try:
        while not enough.is_set() or count < 50:
            answer = caller.get("/v1/libraries") if count % 2 else caller.post("/v1/libraries", {"name": f"{count}"})
            assert answer.status == 200, answer
            count += 1
            if not is_kept:
                caller.close()
            enough.wait(0.02)
    except (OSError, http.client.HTTPException) as error:
        raise AssertionError(f"request {count + 1} was cut off") from error
    finally:
        caller.close()
    return count
