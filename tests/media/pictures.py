"""Pictures and films made for the tests, and the guard's answer taken apart."""

import io
import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
import pyvips
from av import VideoStream

from albumen.media.guard import Developed, Guard

ALL = ("sm", "md", "lg", "full-size")


@dataclass(frozen=True)
class Result:
    developed: Developed
    bodies: dict[str, bytes]

    def image(self, variant: str) -> Any:
        return pyvips.Image.new_from_buffer(self.bodies[variant], "")

    def size(self, variant: str) -> tuple[int, int]:
        image = self.image(variant)
        return image.width, image.height

    def at(self, variant: str, x: float, y: float) -> list[int]:
        """The colour at a place given as parts of the width and height."""
        image = self.image(variant)
        return [round(value) for value in image(int(x * image.width), int(y * image.height))]


def develop(guard: Guard, body: bytes, kind: str, variants: tuple[str, ...] = ALL) -> Result:
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        file.write(body)
        file.flush()
        outputs = {variant: stack.enter_context(tempfile.TemporaryFile()) for variant in variants}
        developed = guard.develop(file.fileno(), kind, {name: out.fileno() for name, out in outputs.items()})
        return Result(developed, {name: os.pread(out.fileno(), 10**8, 0) for name, out in outputs.items()})


def corners(width: int = 800, height: int = 600) -> Any:
    """Red, green, blue and white quarters, read like a page: a picture in which a wrong turn shows."""
    columns, rows = np.arange(width) < width / 2, np.arange(height) < height / 2
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[np.ix_(rows, columns)] = (255, 0, 0)
    pixels[np.ix_(rows, ~columns)] = (0, 255, 0)
    pixels[np.ix_(~rows, columns)] = (0, 0, 255)
    return pyvips.Image.new_from_array(pixels, interpretation="srgb")


def noise(width: int = 1600, height: int = 1200, seed: int = 1) -> Any:
    """Something like a photo: soft shapes with grain."""
    soft = pyvips.Image.perlin(width, height, cell_size=128, seed=seed) * 100 + 128
    grain = pyvips.Image.gaussnoise(width, height, mean=0, sigma=8, seed=seed)
    grey = (soft + grain).cast("uchar")
    return grey.bandjoin([grey.invert(), grey.rot180()]).copy(interpretation="srgb")


def jpeg(image: Any | None = None, *, orientation: int = 1, **options: Any) -> bytes:
    image = (corners() if image is None else image).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return bytes(image.jpegsave_buffer(Q=90, **options))


def stored_for(image: Any, orientation: int) -> Any:
    """How a camera stores an upright picture that it marks with this orientation."""
    undo = {
        1: lambda i: i,
        2: lambda i: i.fliphor(),
        3: lambda i: i.rot180(),
        4: lambda i: i.flipver(),
        5: lambda i: i.rot90().fliphor(),
        6: lambda i: i.rot270(),
        7: lambda i: i.rot90().flipver(),
        8: lambda i: i.rot90(),
    }
    return undo[orientation](image).copy_memory()


def film(
    kind: str = "mp4",
    codec: str = "mpeg4",
    *,
    size: tuple[int, int] = (320, 240),
    dark: int = 0,
    frames: int = 50,
    aspect: Fraction | None = None,
) -> bytes:
    """25 frames a second: `dark` black ones, then the four corners."""
    target = io.BytesIO()
    with av.open(target, "w", format=kind) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=Fraction(25)))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        picture = corners(*size).numpy()
        for number in range(frames):
            pixels = picture * 0 if number < dark else picture
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return target.getvalue()
