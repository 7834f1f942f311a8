"""Every real file there is, stripped: developed to the same bytes, and an independent reader finds nothing in it."""

import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.media import planted
from tests.media.planted import TELLING, put_together, stripped

from albumen.kernel.errors import Problem, Unsupported
from albumen.media.guard import Guard
from albumen.media.kinds import KINDS as ALL
from albumen.media.kinds import sniff
from albumen.media.stripping.strip import KINDS, strip

MAY_BE_REFUSED = 20
"""Of the real files, those whose structure is broken, old-style JPEG in TIFF, and the like."""


def kind_of(content: bytes) -> str:
    """What it is; nothing where it is no photo and no film."""
    try:
        return sniff(io.BytesIO(content)).name
    except Unsupported:
        return ""


def developed(guard: Guard, content: bytes, kind: str, folder: Path) -> bytes | str:
    """A rendition of the file, or why there is none that could be compared: what is damaged has no one picture."""
    source, made = folder / "source", folder / "made"
    source.write_bytes(content)
    made.unlink(missing_ok=True)
    with source.open("rb") as opened, made.open("wb+") as output:
        try:
            told = guard.develop(opened.fileno(), kind, {"lg": output.fileno()})
        except Problem as problem:
            return problem.code
        return told.damage or os.pread(output.fileno(), 1 << 26, 0)


@pytest.mark.torture
def test_every_real_file(corpus: Path, guard: Guard, program: Callable[..., str], tmp_path: Path) -> None:
    folder, refused, shown = tmp_path / "stripped", [], 0
    folder.mkdir()
    for number, name in enumerate(sorted(json.loads((corpus / "metadata.json").read_text()))):
        content = (corpus / name).read_bytes()
        kind = kind_of(content)
        if kind not in KINDS:
            continue
        if strip(io.BytesIO(content), kind) is None:
            refused.append(name)
            continue
        made = stripped(content, kind)
        file = folder / f"{number}.{ALL[kind].extensions[0]}"
        file.write_bytes(made)
        if ALL[kind].family == "video":
            (tmp_path / file.name).write_bytes(content)
            assert planted.frames(tmp_path / file.name) == planted.frames(file), name
            continue
        before = developed(guard, content, kind, tmp_path)
        if isinstance(before, bytes):
            assert developed(guard, made, kind, tmp_path) == before, name
            shown += 1
    assert len(refused) <= MAY_BE_REFUSED, refused
    assert shown > 0
    _check_nothing_told(program, folder)


def _check_nothing_told(program: Callable[..., str], folder: Path) -> None:
    options = ["-j", "-G1", "-a", "-u", "-ee", "--ICC_Profile:all", "--File:all", "--System:all", "-r"]
    told = subprocess.run([program("exiftool"), *options, folder], check=False, capture_output=True).stdout
    found = [
        (each["SourceFile"], name, value)
        for each in json.loads(told)
        for name, value in each.items()
        if name != "SourceFile" and TELLING.search(name)
    ]
    assert not found


@pytest.mark.torture
def test_no_malformed_file_breaks_anything(corpus: Path) -> None:
    for file in sorted(path for path in corpus.rglob("*") if path.is_file()):
        content = file.read_bytes()
        for kind in sorted(KINDS):
            pieces = strip(io.BytesIO(content), kind)
            assert pieces is None or len(put_together(content, pieces)) <= len(content) + 400, (file.name, kind)
