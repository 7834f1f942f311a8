"""Keys as text, the way age prints them (BIP-173)."""

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, content: bytes) -> str:
    """Text in lower case."""
    values = _regroup(content, 8, 5, pad=True)
    check = _polymod(_expanded(prefix) + values + [0] * 6) ^ 1
    return f"{prefix}1{''.join(_LETTERS[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])}"


def decode(prefix: str, text: str) -> bytes:
    """The bytes.  Raises ValueError."""
    lower = text.lower()
    if text not in (lower, text.upper()) or not lower.startswith(prefix + "1"):
        raise ValueError("not a key of this kind")
    values = [_LETTERS.index(letter) for letter in lower[len(prefix) + 1 :]]
    if len(values) < 6 or _polymod(_expanded(prefix) + values) != 1:
        raise ValueError("a letter of the key is wrong")
    return bytes(_regroup(bytes(values[:-6]), 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check


def _regroup(content: bytes, have: int, want: int, *, pad: bool) -> list[int]:
    held, bits, found = 0, 0, []
    for value in content:
        held, bits = held << have | value, bits + have
        while bits >= want:
            bits -= want
            found.append(held >> bits & (1 << want) - 1)
    left = held & (1 << bits) - 1
    if pad and bits:
        found.append(left << want - bits & (1 << want) - 1)
    elif not pad and (bits >= have or left):
        raise ValueError("the key is not whole")
    return found
