"""Write docs/settings.md, docs/api.md, docs/openapi.json and docs/cli.md from the code, or check them (`--check`)."""

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from albumen.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- Written by tools/generate_docs.py; `make docs` writes it anew. -->\n"


def settings() -> str:
    """Each setting by its environment name, in the order of `albumen.settings`."""
    parts = [
        f"# Settings\n\n{NOTE}",
        "Each can be given in the environment, in a file `.env`, or in `albumen.toml` (another: `ALBUMEN_CONFIG`), "
        "where `ALBUMEN_SERVER_PORT` is `port` in the table `[server]`. The environment wins over `.env`, `.env` over "
        "the TOML file. All are read once, at start.\n",
    ]
    head = ("Setting", "Type", "Default", "Meaning")
    plain = {name: field for name, field in Settings.model_fields.items() if room(field) is None}
    parts.append(table(head, setting_rows("ALBUMEN", plain)))
    for name, field in Settings.model_fields.items():
        if group := room(field):
            parts.append(f"## {name.capitalize()}\n\n{(group.__doc__ or '').strip()}\n")
            parts.append(table(head, setting_rows(f"ALBUMEN_{name.upper()}", group.model_fields)))
    return "\n".join(parts)


def room(field: FieldInfo) -> type[BaseModel] | None:
    """The group of settings a field holds, where it holds one."""
    kept = field.annotation
    return kept if isinstance(kept, type) and issubclass(kept, BaseModel) else None


def setting_rows(prefix: str, fields: dict[str, FieldInfo]) -> Iterator[tuple[str, ...]]:
    """One row a setting; groups inside a group follow it."""
    for name, field in fields.items():
        full = f"{prefix}_{name.upper()}"
        if group := room(field):
            yield from setting_rows(full, group.model_fields)
        else:
            if not field.description:
                raise SystemExit(f"{full} has no description")
            yield f"`{full}`", kind(field), default(field), field.description


def kind(field: FieldInfo) -> str:
    """The type in words, with its bounds."""
    bounds = [
        f"{sign} {getattr(mark, attribute):,}".replace(",", " ")
        for mark in field.metadata
        for attribute, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
        if hasattr(mark, attribute)
    ]
    return ", ".join([type_words(field.annotation), *bounds])


def type_words(annotation: Any) -> str:
    """`Literal["a", "b"]` as choices, others by a plain word."""
    words = {str: "text", int: "number", float: "number", bool: "true or false", Path: "path", SecretStr: "secret"}
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if origin in (Union, types.UnionType):
        return " or ".join(type_words(part) for part in get_args(annotation) if part is not type(None))
    if origin in (tuple, list, set, frozenset):
        return f"list of {type_words(get_args(annotation)[0])}"
    return words.get(annotation, getattr(annotation, "__name__", str(annotation)))


def default(field: FieldInfo) -> str:
    """The default as one would write it."""
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        value = str(value).lower()
    if isinstance(value, (tuple, list, set, frozenset)):
        value = ",".join(map(str, value))
    return "" if value in (None, "") else f"`{value}`"


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def openapi() -> dict[str, Any]:
    """The description that the server itself gives, from a server on an empty data directory."""
    app, server = (importlib.import_module(f"albumen.{name}") for name in ("app", "server"))
    with tempfile.TemporaryDirectory() as folder:
        house = app.build(Settings(data_dir=Path(folder)))
        try:
            described: dict[str, Any] = server.build(house).openapi()
        finally:
            house.close()
    return described


def openapi_json() -> str:
    """docs/openapi.json."""
    return json.dumps(openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def api() -> str:
    """Each route with its summary, by tag."""
    described = openapi()
    groups: dict[str, list[tuple[str, ...]]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            tag = (route.get("tags") or ["others"])[0]
            row = (f"`{method.upper()}`", f"`{path}`", route.get("summary", ""))
            groups.setdefault(tag, []).append(row)
    parts = [
        f"# HTTP API\n\n{NOTE}",
        "The whole description is OpenAPI 3.1: [openapi.json](openapi.json), served at `/v1/openapi.json` and shown at "
        "`/v1/docs`.\n",
    ]
    for tag, rows in groups.items():
        parts.append(f"## {tag.capitalize()}\n\n" + table(("Method", "Path", "What it does"), iter(rows)))
    return "\n".join(parts)


def cli() -> str:
    """Each command with its options, as typer writes them."""
    asked = [
        sys.executable,
        "-m",
        "typer",
        "albumen.cli.main",
        "utils",
        "docs",
        "--name",
        "albumen",
        "--title",
        "Commands",
    ]
    plain = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "100"}
    found = subprocess.run(asked, capture_output=True, text=True, env=plain, check=False)
    if found.returncode:
        raise SystemExit(found.stderr)
    title, _, rest = found.stdout.partition("\n")
    return f"{title}\n\n{NOTE}\n{rest.strip()}\n"


# document -> the module it is written from, and how
DOCUMENTS: dict[str, tuple[str, Callable[[], str]]] = {
    "settings.md": ("albumen.settings", settings),
    "openapi.json": ("albumen.server", openapi_json),
    "api.md": ("albumen.server", api),
    "cli.md": ("albumen.cli.main", cli),
}


def exists(module: str) -> bool:
    """Whether the code a document is written from is there."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def main() -> None:
    """Write the documents, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a document is out of date")
    check = parser.parse_args().check
    for name in [name for name in os.environ if name.startswith("ALBUMEN_")]:
        del os.environ[name]
    stale = []
    for name, (module, write) in DOCUMENTS.items():
        if not exists(module):
            print(f"docs/{name}: nothing to write it from, {module} is not there")
            continue
        content, file = write(), DOCS / name
        if check and (not file.exists() or file.read_text("utf-8") != content):
            stale.append(f"docs/{name}")
        elif not check:
            file.write_text(content, "utf-8")
    if stale:
        raise SystemExit(f"Out of date: {', '.join(stale)}.  To write them anew: make docs")


if __name__ == "__main__":
    main()
