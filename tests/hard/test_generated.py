"""Requests that Schemathesis makes of the OpenAPI document, by all its phases: no 5xx, no hang, no fault noted."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.living import KEY, House

pytestmark = pytest.mark.torture

EXAMPLES = int(os.environ.get("ALBUMEN_EXAMPLES", "100"))
"""How many requests each operation gets in each phase; and each walk from one operation to the next, in the last."""
SECONDS = int(os.environ.get("ALBUMEN_SECONDS", "1800"))
MOST_SECONDS = 5
"""On a busy machine; the siege holds every answer to two."""
WRONG = (" FAILURES ", "Network Error")
"""What it says of a 5xx, or of no answer in time.  Bodies that it cannot write make it unhappy, too."""
CONFIG = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 507]
[[operations]]
include-path-regex = "/(log|changes)$"
parameters = { "query.wait" = 1 }
"""
"""507 is the right answer where a quota was set before, and used up; who asks to be told of news waits for them."""
ENDS = "^/v1/users/me$"
"""What would end the caller."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.start()
    yield made
    made.close()


def credentials(house: House, caller: str) -> list[str]:
    """The headers by which a caller is known."""
    if caller == "nobody":
        return []
    if caller == "application":
        return ["--header", f"Authorization: ApiKey {KEY}", "--header", "API-User-ID: ann"]
    ann = house.caller()
    library = ann.post("/v1/libraries", {"name": "Party"}).json["libraryId"]
    album = ann.post(f"/v1/libraries/{library}/albums", {"name": "Party"}).json["albumId"]
    event = ann.post("/v1/events", {"eventName": "Party", "albumId": album}).json["eventId"]
    form = {"permissions": ["view", "download", "upload", "favorite"], "sizes": ["original", "web"]}
    code = ann.post(f"/v1/events/{event}/accessors", form).json["accessCode"]
    token = ann.post("/v1/access", {"accessCode": code}).json["token"]
    return ["--header", f"Authorization: Bearer {token}"]


@pytest.mark.parametrize("caller", ["application", "guest", "nobody"])
def test_every_phase(house: House, caller: str) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program
    options = {
        "--phases": "examples,coverage,fuzzing,stateful",
        "--checks": "not_a_server_error",
        "--max-examples": EXAMPLES,
        "--max-time": SECONDS,
        "--seed": 1,
        "--request-timeout": MOST_SECONDS,
        "--exclude-path-regex": ENDS,
    }
    assert house.caller().get("/v1/openapi.json").status == 200
    words = [str(word) for pair in options.items() for word in pair]
    config = house.folder / "schemathesis.toml"
    config.write_text(CONFIG)
    address = f"http://127.0.0.1:{house.port}/v1/openapi.json"
    told = [program, f"--config-file={config}", "run", address, "--no-color", *words]
    ran = subprocess.run(
        [*told, *credentials(house, caller)], capture_output=True, text=True, check=False, cwd=house.folder
    )
    assert "Test cases:" in ran.stdout, ran.stdout[-8000:] + ran.stderr[-2000:]
    assert not [word for word in WRONG if word in ran.stdout], ran.stdout[-30_000:]
    assert not house.faults()
