"""The guard: what a child may not do, and what happens when one breaks."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
import pyvips

from albumen.media.guard import Developed, Guard


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(1) as guard:
        yield guard


def photo(width: int = 1600, height: int = 1200) -> bytes:
    noise = pyvips.Image.gaussnoise(width, height, mean=128, sigma=40, seed=1).cast("uchar")
    return bytes(noise.bandjoin([noise, noise]).copy(interpretation="srgb").jpegsave_buffer())


def develop(guard: Guard, body: bytes, kind: str, *variants: str) -> tuple[Developed, Mapping[str, bytes]]:
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        file.write(body)
        file.flush()
        outputs = {variant: stack.enter_context(tempfile.TemporaryFile()) for variant in variants}
        developed = guard.develop(file.fileno(), kind, {name: out.fileno() for name, out in outputs.items()})
        return developed, {name: os.pread(out.fileno(), 10**8, 0) for name, out in outputs.items()}


def test_one_call_makes_all_renditions(guard: Guard) -> None:
    developed, bodies = develop(guard, photo(), "jpeg", "lg", "sm", "md")
    assert (developed.width, developed.height) == (1600, 1200)
    assert [made.variant for made in developed.renditions] == ["sm", "md", "lg"]
    for made in developed.renditions:
        image = pyvips.Image.new_from_buffer(bodies[made.variant], "")
        assert (image.width, image.height) == (made.width, made.height)
        assert len(bodies[made.variant]) == made.bytes
    assert len(developed.thumbhash) > 20
    assert -(2**63) <= developed.phash < 2**63
    assert not developed.damaged
