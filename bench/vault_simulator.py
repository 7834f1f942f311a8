"""Many stories of devices that share a vault while everything goes wrong: all must agree and lose nothing.

    bench/vault_simulator.py [--seeds 100000] [--from 0]

A story that fails is told again, alone, with `--seeds 1 --from N`.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.vault_client.simulator import play_all

PART = 500


def part(first: int, count: int) -> int:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        return play_all(range(first, first + count), Path(folder))


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--seeds", type=int, default=100_000)
    told.add_argument("--from", dest="first", type=int, default=0)
    chosen = told.parse_args()
    began, ends = time.monotonic(), chosen.first + chosen.seeds
    starts = list(range(chosen.first, ends, PART))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        written = sum(pool.map(part, starts, [min(PART, ends - start) for start in starts]))
    seconds = time.monotonic() - began
    print(f"{chosen.seeds} stories, {written} events, all agree, nothing lost, in {seconds:.0f} s")


if __name__ == "__main__":
    main()
