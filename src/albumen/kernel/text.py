"""How texts are compared, by names, tags and searches alike."""

import unicodedata


def fold(text: str) -> str:
    """A text as it is compared: without case, NFC."""
    return unicodedata.normalize("NFC", text.casefold())
