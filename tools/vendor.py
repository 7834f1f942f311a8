"""Fetch what the pages use of others from their npm packages, and note where each file came from.

For maintainers: `tools/vendor.py` after a version or a name below was changed.  It needs npm; nothing else does.
"""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from outlines import thinned

FOLDER = Path(__file__).resolve().parent.parent / "src/albumen/web/static/vendor"


@dataclass(frozen=True, eq=False)
class Package:
    """A package of one version, and which of its files are kept under which names."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


PHOTOSWIPE = Package(
    "photoswipe",
    "5.4.4",
    "MIT",
    {"dist/photoswipe.esm.min.js": "photoswipe.js", "dist/photoswipe.css": "photoswipe.css"},
)
TUS = Package("tus-js-client", "4.3.1", "MIT", {"dist/tus.min.js": "tus.min.js"})
HASH = Package("hash-wasm", "4.12.0", "MIT", {"dist/sha256.umd.min.js": "sha256.min.js"})
LEAFLET = Package(
    "leaflet", "1.9.4", "BSD-2-Clause", {"dist/leaflet.js": "leaflet.js", "dist/leaflet.css": "leaflet.css"}
)
CIPHERS = Package("@noble/ciphers", "2.1.1", "MIT", {})
HASHES = Package("@noble/hashes", "2.0.1", "MIT", {})
NOBLE = {
    CIPHERS: {"chacha.js": ("chacha20poly1305",)},
    HASHES: {"hkdf.js": ("hkdf",), "hmac.js": ("hmac",), "scrypt.js": ("scrypt",), "sha2.js": ("sha256",)},
}
"""What vaults need of both, in one file: these modules import others of theirs by paths that the pages do not have."""
ESBUILD = "esbuild@0.27.2"
WORLD = Package("world-atlas", "2.0.2", "ISC", {"countries-50m.json": "land.json"})
LUCIDE = Package("lucide-static", "1.62.0", "ISC", {})
ICONS = (
    *("images", "search", "map", "calendar", "calendar-days", "folder", "folder-plus", "folder-input", "album"),
    *("heart", "tag", "trash-2", "upload", "user", "menu", "ellipsis", "x", "check", "chevron-left", "chevron-right"),
    *("chevron-down", "download", "arrow-left", "info", "play", "pause", "settings", "copy", "star", "plus", "pencil"),
    *("rotate-ccw", "log-out", "triangle-alert", "clock", "keyboard", "library", "camera", "map-pin", "maximize"),
    *("layers", "square-check", "file-text", "key-round", "palette", "users", "eye-off"),
)
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def fetched(package: Package, folder: Path) -> Path:
    """The unpacked package."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{package.name}@{package.version}"]
    packed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    with tarfile.open(folder / packed) as archive:
        archive.extractall(folder / package.name, filter="data")
    return folder / package.name / "package"


def sprite(source: Path) -> bytes:
    """All icons as symbols of one file; strokes take the colour of the text round them."""
    symbols = []
    for name in ICONS:
        found = _INNER.search((source / "icons" / f"{name}.svg").read_text("utf-8"))
        inner = "".join(line.strip() for line in (found[1] if found else "").splitlines())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    lines = "\n".join(symbols)
    head = f"<!-- Lucide {LUCIDE.version}, ISC licence: see LICENSES.txt -->"
    return f'{head}\n<svg xmlns="http://www.w3.org/2000/svg">\n{lines}\n</svg>\n'.encode()


def bundled(folder: Path) -> bytes:
    """What vaults need, joined to one module."""
    lines = [
        f'export {{ {", ".join(names)} }} from "./{package.name}/package/{file}";'
        for package, modules in NOBLE.items()
        for file, names in modules.items()
    ]
    (folder / "noble.js").write_text("\n".join(lines))
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=inline"]
    command = ["npx", "--yes", ESBUILD, "noble.js", *options]
    return subprocess.run(command, check=True, capture_output=True, cwd=folder).stdout


def _content(file: Path) -> bytes:
    """A file as it is kept: byte for byte, but for the outlines of the world, which are more than a map needs."""
    return thinned(json.loads(file.read_bytes())) if file.suffix == ".json" else file.read_bytes()


def _noble(folder: Path) -> dict[str, str]:
    """Write the module that vaults need; the note of it."""
    content = bundled(folder)
    (FOLDER / "noble.js").write_bytes(content)
    of = " and ".join(f"{each.name} {each.version}" for each in NOBLE)
    note = {"file": "noble.js", "name": of, "version": CIPHERS.version, "licence": CIPHERS.licence}
    return {**note, "sha256": hashlib.sha256(content).hexdigest(), "source": f"npm, joined by {ESBUILD}"}


def main() -> None:
    """Write the files, their licences and the list of both anew."""
    FOLDER.mkdir(exist_ok=True)
    noted, licences = [], []
    with tempfile.TemporaryDirectory() as name:
        for package in (PHOTOSWIPE, LUCIDE, TUS, HASH, LEAFLET, WORLD):
            source = fetched(package, Path(name))
            licences.append(f"{package.name} {package.version}\n\n{(source / 'LICENSE').read_text('utf-8').strip()}\n")
            kept = {to: _content(source / wanted) for wanted, to in package.files.items()}
            for file, content in (kept or {"icons.svg": sprite(source)}).items():
                (FOLDER / file).write_bytes(content)
                note = {"file": file, "name": package.name, "version": package.version, "licence": package.licence}
                origin = next((wanted for wanted, to in package.files.items() if to == file), "icons/*.svg")
                noted.append({**note, "sha256": hashlib.sha256(content).hexdigest(), "source": f"npm, {origin}"})
        for package in NOBLE:
            source = fetched(package, Path(name))
            licences.append(f"{package.name} {package.version}\n\n{(source / 'LICENSE').read_text('utf-8').strip()}\n")
        noted.append(_noble(Path(name)))
    (FOLDER / "LICENSES.txt").write_text("\n\n".join(licences), "utf-8")
    (FOLDER / "vendor.lock.json").write_text(json.dumps(noted, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
