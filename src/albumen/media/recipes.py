"""The sizes in which every photo is kept beside its original."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Recipe:
    """One rendition.  `longest` bounds the longer side in pixels; None keeps the full resolution."""

    variant: str
    format: Literal["jpeg", "webp"]
    longest: int | None
    quality: int
    effort: int = 0

    @property
    def mime(self) -> str:
        """The media type it is served as."""
        return f"image/{self.format}"

    @property
    def extension(self) -> str:
        """The usual file name ending, with its dot."""
        return ".jpg" if self.format == "jpeg" else ".webp"


SM = Recipe("sm", "webp", 320, 70, effort=2)
MD = Recipe("md", "webp", 640, 75, effort=2)
LG = Recipe("lg", "jpeg", 1440, 80)
FULL = Recipe("full-size", "jpeg", None, 88)

RECIPES: dict[str, Recipe] = {recipe.variant: recipe for recipe in (SM, MD, LG, FULL)}
