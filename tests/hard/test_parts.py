"""What Albumen is made of: pinned by hash, under licences that agree, and told the same whenever it is asked."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    found = importlib.util.spec_from_file_location("sbom", TOOLS / "sbom.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    sys.modules["sbom"] = module  # dataclasses look their module up
    found.loader.exec_module(module)
    return module


def test_everything_is_pinned_and_agrees(sbom: ModuleType) -> None:
    components = [*sbom.locked(sbom.ROOT / "requirements.lock"), *sbom.vendored()]
    assert len(components) > 80
    assert sbom.faults(components) == []


def test_the_document_follows_from_the_lock_alone(sbom: ModuleType) -> None:
    first, again = (sbom.document([*sbom.locked(sbom.ROOT / "requirements.lock"), *sbom.vendored()]) for _ in range(2))
    assert json.dumps(first) == json.dumps(again)
    assert (first["bomFormat"], first["specVersion"]) == ("CycloneDX", "1.6")
    purls = [each["purl"] for each in first["components"]]
    assert len(set(purls)) == len(purls)
    assert any(each.startswith("pkg:pypi/pillow@") for each in purls)


def test_a_licence_that_does_not_agree_is_told(sbom: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("strange==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:" + "a" * 64 + "\nbare==2.0\n")
    strange, bare = sbom.locked(lock)
    assert (strange.when, strange.hashes) == ("sys_platform == 'win32'", ("a" * 64,))
    told = sbom.faults([strange, bare])
    assert "strange: the licence is unknown" in told
    assert "bare: pinned without a hash" in told
    assert [sbom.agrees(each) for each in ("MIT", "Proprietary OR (MIT AND Zlib)", "MIT AND SSPL-1.0")] == [
        True,
        True,
        False,
    ]
