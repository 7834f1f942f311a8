"""Sizes as people write them: `500MB`, `1.5 TiB`, `1048576`."""

import re

from albumen.kernel.errors import Invalid

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}
_BINARY = {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40, "pi": 2**50}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]i?|)b?", re.IGNORECASE)
_MOST = (1 << 63) - 1


def parsed(size: str) -> int:
    """Bytes.  `k`, `M`, … are decimal and `Ki`, `Mi`, … binary, with or without a `B`.  Raises Invalid."""
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise Invalid("This is not a size such as 500MB or 1.5TiB.")
    amount = int(float(found[1]) * {**_UNITS, **_BINARY}[found[2].lower()])
    if amount > _MOST:
        raise Invalid("This is more than can be counted.")
    return amount
