"""What Albumen is made of: every package of the lock and every vendored file, as a CycloneDX document, with licences.

`tools/sbom.py` writes dist/albumen.cdx.json; `--licences` prints a table instead; `--check` does neither.  Each fails
where a licence does not agree with ours, or the lock does not pin what pyproject.toml asks for.  Nothing is fetched,
and the same lock gives the same bytes.
"""

import argparse
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "src/albumen/web/static/vendor/vendor.lock.json"
OUTPUT = ROOT / "dist/albumen.cdx.json"
PINNED = re.compile(
    r"^([\w.-]+)==([^\s;\\]+)(?: *; *([^\\\n]+?))?(?: \\)?\n((?: +--hash=\S+(?: \\)?\n)*)", re.MULTILINE
)
NAMED = re.compile(r"[\w.-]+")
SPOKEN = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What classifiers say, in SPDX's words."""
TOLD = {
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "pysqlite3": "Zlib",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
"""Licences of those that do not say, or that this machine has no use for."""
LOCKED_APART = {"ml"}
"""Extras that stand in the other lock only."""
AGREEING = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "HPND",
        "ISC",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "OFL-1.1",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
        "AGPL-3.0-or-later",
    }
)
"""What may be distributed together with something under AGPL-3.0-or-later."""


@dataclass(frozen=True)
class Component:
    """Something of others: `hashes` are SHA-256, of each file it may come in."""

    name: str
    version: str
    licence: str
    hashes: tuple[str, ...]
    origin: str
    when: str = ""


def locked(lock: Path) -> Iterator[Component]:
    """What a lock pins."""
    for name, version, when, hashes in PINNED.findall(lock.read_text()):
        found = tuple(re.findall(r"sha256:([0-9a-f]{64})", hashes))
        yield Component(name, version, licence_of(name), found, f"pkg:pypi/{name}@{version}", when.strip())


def licence_of(name: str) -> str:
    """A package's licence as SPDX has it; empty where it is not known."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return TOLD.get(name, "")
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License ::")
    ]
    spoken = [SPOKEN.get(each, each) for each in classified if each != "OSI Approved"]
    bare = str(told.get("License") or "").partition("\n")[0]
    return told.get("License-Expression") or " AND ".join(spoken) or TOLD.get(name) or SPOKEN.get(bare, bare)


def vendored() -> Iterator[Component]:
    """The files of others that pages are made of."""
    for each in json.loads(VENDORED.read_text()):
        origin = f"pkg:npm/{each['name'].replace('@', '%40')}@{each['version']}#{each['file']}"
        yield Component(each["name"], each["version"], each["licence"], (each["sha256"],), origin)


def agrees(licence: str) -> bool:
    """Whether every part of a licence may be had together with ours; of alternatives, one is enough."""
    bare = licence.replace("(", " ").replace(")", " ")
    return all(any(each.strip() in AGREEING for each in part.split(" OR ")) for part in bare.split(" AND "))


def document(components: list[Component]) -> dict[str, Any]:
    """A CycloneDX document.  Its number follows from what is in it, so that it changes with that only."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    own = {"type": "application", "name": about["name"], "version": about["version"], "bom-ref": about["name"]}
    listed = [shown(each) for each in components]
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([own, listed], sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{number}", "version": 1}
    licence = [{"license": {"id": about["license"]}}]
    return {**head, "metadata": {"component": {**own, "licenses": licence}}, "components": listed}


def shown(component: Component) -> dict[str, Any]:
    """A component as the document tells of it."""
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": component.origin,
        "name": component.name,
        "version": component.version,
        "purl": component.origin,
        "licenses": [{"expression": component.licence}],
    }
    if len(component.hashes) == 1:  # one file; a package of many wheels has no hash of its own
        told["hashes"] = [{"alg": "SHA-256", "content": component.hashes[0]}]
    properties = [{"name": "albumen:sha256", "value": each} for each in component.hashes]
    if component.when:
        properties.append({"name": "albumen:marker", "value": component.when})
    return {**told, "properties": properties}


def faults(components: list[Component]) -> list[str]:
    """What is wrong with a list of components and the locks."""
    found = [
        f"{each.name}: the licence is {each.licence or 'unknown'}" for each in components if not agrees(each.licence)
    ]
    found += [f"{each.name}: pinned without a hash" for each in components if not each.hashes]
    names = {_plain(each.name) for each in components}
    return [*found, *(f"{name}: asked for, and not in the lock" for name in sorted(wanted() - names))]


def wanted() -> set[str]:
    """What pyproject.toml asks for, as far as the lock of what is installed goes."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = set(about["optional-dependencies"]) - LOCKED_APART
    asked = [*about["dependencies"], *(each for extra in extras for each in about["optional-dependencies"][extra])]
    return {_plain(found[0]) for each in asked if (found := NAMED.match(each))}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Write, print or check."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--licences", action="store_true", help="print each component's licence")
    asked.add_argument("--check", action="store_true", help="only say what is wrong")
    asked.add_argument("--output", type=Path, default=OUTPUT)
    told = asked.parse_args()
    components = [*locked(ROOT / "requirements.lock"), *vendored()]
    wrong = faults(components)
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    if told.licences:
        print(*(f"{each.licence:40} {each.name} {each.version}" for each in components), sep="\n")
    elif not told.check:
        told.output.parent.mkdir(parents=True, exist_ok=True)
        told.output.write_text(json.dumps(document(components), indent=1, sort_keys=True) + "\n")
        print(f"{told.output}: {len(components)} components")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
