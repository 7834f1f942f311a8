"""One decode, all renditions: what a guarded child does with a file."""

import os
from collections.abc import Mapping
from typing import Any

from albumen.kernel.errors import Unavailable
from albumen.media import image
from albumen.media.kinds import KINDS
from albumen.media.limits import Limits
from albumen.media.phash import SIDE, phash
from albumen.media.picture import Picture, fit
from albumen.media.pixels import pixel_hash
from albumen.media.recipes import LG, RECIPES, SM, Recipe
from albumen.media.thumbhash import LONGEST, thumbhash
from albumen.media.wire import Developed, Made


def develop(file: int, kind: str, outputs: Mapping[str, int], limits: Limits) -> Developed:
    """Decode `file` once and write each variant of `outputs` into its descriptor.

    Raises `Unsupported`, `Invalid`, `TooLarge`, and `Unavailable` when a descriptor does not take its bytes.
    """
    recipes = sorted((RECIPES[variant] for variant in outputs), key=_size, reverse=True)
    picture = decode(file, kind, recipes[0].longest if recipes else SM.longest, limits)
    made: list[Made] = []
    current, pixels = picture.image, b""
    for recipe in recipes:
        if recipe.longest:
            current = fit(current, recipe.longest)
        if recipe is LG and not picture.damage and KINDS[kind].family != "video":
            pixels = pixel_hash(current, (picture.width, picture.height))
        made.append(_print(current, recipe, outputs[recipe.variant]))
    return Developed(
        renditions=tuple(reversed(made)),
        thumbhash=thumbhash(_pixels(fit(current, LONGEST))),
        phash=phash(_pixels(_square(current))),
        width=picture.width,
        height=picture.height,
        damage=picture.damage,
        pixels=pixels,
    )


def _size(recipe: Recipe) -> float:
    return recipe.longest or float("inf")


def decode(file: int, kind: str, longest: int | None, limits: Limits) -> Picture:
    """The picture of a file, or of a film's poster, reduced to `longest`.

    Raises `Unsupported`, `Invalid`, `TooLarge`.
    """
    match KINDS[kind].family:
        case "raw":
            from albumen.media import raw  # noqa: PLC0415  (most children never meet one)

            return raw.load(file, longest, limits)
        case "video":
            from albumen.media import video  # noqa: PLC0415  (most children never meet one)

            return video.poster(file, kind, longest, limits)
        case _:
            return image.load(file, kind, longest, limits)


def _print(picture: Any, recipe: Recipe, output: int) -> Made:
    if recipe.format == "jpeg":
        flat = picture.flatten(background=255) if picture.hasalpha() else picture
        body = flat.jpegsave_buffer(Q=recipe.quality, keep="none")
    else:
        body = picture.webpsave_buffer(Q=recipe.quality, effort=recipe.effort, keep="none")
    _write(output, body)
    return Made(recipe.variant, recipe.mime, picture.width, picture.height, len(body))


def _write(output: int, body: bytes) -> None:
    rest = memoryview(body)
    try:
        while rest:
            rest = rest[os.write(output, rest) :]
    except OSError as error:
        raise Unavailable("A rendition could not be written.") from error


def _square(picture: Any) -> Any:
    flat = picture.flatten(background=255) if picture.hasalpha() else picture
    return flat.thumbnail_image(SIDE, height=SIDE, size="force")


def _pixels(picture: Any) -> Any:
    return picture.numpy()
