"""32 bytes as 24 words to write down (BIP-39), and back."""

import hashlib
from functools import cache
from importlib.resources import files

from albumen_client.vault.errors import WrongKey


@cache
def vocabulary() -> tuple[str, ...]:
    """The 2048 English words of BIP-39, in their order."""
    return tuple(files("albumen_client.vault").joinpath("words.txt").read_text("ascii").split())


def to_words(secret: bytes) -> str:
    """24 words for 32 bytes."""
    if len(secret) != 32:
        raise ValueError("24 words hold 32 bytes")
    number = int.from_bytes(secret + hashlib.sha256(secret).digest()[:1], "big")
    return " ".join(vocabulary()[(number >> 11 * place) & 2047] for place in range(23, -1, -1))


def from_words(text: str) -> bytes:
    """The 32 bytes.  Raises WrongKey where a word is unknown or they do not fit together."""
    spelled = text.casefold().split()
    if len(spelled) != 24:
        raise WrongKey(f"There must be 24 words; these are {len(spelled)}.")
    number, known = 0, {word: place for place, word in enumerate(vocabulary())}
    for word in spelled:
        if word not in known:
            raise WrongKey(f"“{word}” is not one of the words that are used.")
        number = number << 11 | known[word]
    secret, check = divmod(number, 256)
    content = secret.to_bytes(32, "big")
    if hashlib.sha256(content).digest()[0] != check:
        raise WrongKey("One of the words is wrong, or two have changed places.")
    return content
