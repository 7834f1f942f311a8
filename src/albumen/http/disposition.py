"""`Content-Disposition` as RFC 6266 has it: a name that every browser saves, and that cannot add a header."""

import re
from urllib.parse import quote

from albumen.blobs.layout import safe_name

_NOT_PLAIN = re.compile(r"[^ !#$&\'()+,\-.0-9;=@A-Z\[\]^_`a-z{}~]")
_ATTR_CHAR = "!#$&+-.^_`|~"


def attachment(filename: str) -> str:
    """The header that saves the answer as `filename`; ASCII only."""
    return _disposition("attachment", filename)


def inline(filename: str) -> str:
    """The header that shows the answer, and suggests `filename` when it is saved."""
    return _disposition("inline", filename)


def _disposition(kind: str, filename: str) -> str:
    name = safe_name(filename)
    plain = _NOT_PLAIN.sub("_", name)
    header = f'{kind}; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
