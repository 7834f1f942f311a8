"""Flame graphs as pictures: the outermost call on top, as wide as its share of the time; small enough for Git."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from _sampling import Stack

WIDTH: Final = 1200
ROW: Final = 17
HEAD: Final = 44
MOST_BYTES: Final = 100_000
_LETTER: Final = 6.3
_SHARES: Final = (0.002, 0.003, 0.005, 0.008, 0.012, 0.02, 0.05)
_STYLE: Final = """
svg{background:#fff;font:11px ui-monospace,monospace}text{fill:#1a1a1a}
.own{fill:#f2b36b}.db{fill:#8fb8de}.web{fill:#9fd3b0}.rest{fill:#d9d9d9}
@media(prefers-color-scheme:dark){svg{background:#14161a}text{fill:#f0f0f0}
.own{fill:#9c5a12}.db{fill:#2f5f8f}.web{fill:#2c6e45}.rest{fill:#4a4d53}}
"""
_WEB: Final = ("fastapi", "starlette", "pydantic", "anyio", "granian", "jinja2", "structlog")


@dataclass
class Call:
    """A call and what it called."""

    name: str
    spent: int = 0
    below: dict[str, "Call"] = field(default_factory=dict)


def tree(found: Counter[Stack]) -> Call:
    """The calls of all stacks, those of the same name together."""
    root = Call("all")
    for stack, spent in found.items():
        here = root
        here.spent += spent
        for name in stack:
            here = here.below.setdefault(name, Call(name))
            here.spent += spent
    return root


def picture(title: str, found: Counter[Stack]) -> str:
    """An SVG without scripts; what is narrower than fits into its size is left out."""
    root = tree(found)
    while len(root.below) == 1:  # what everything is called by says nothing
        [root] = root.below.values()
    drawn = ""
    for least in _SHARES:
        drawn = _drawn(title, root, least)
        if len(drawn.encode()) <= MOST_BYTES:
            break
    return drawn


def _drawn(title: str, root: Call, least: float) -> str:
    boxes = list(_boxes(root, 0.0, 0, root.spent or 1, least))
    height = HEAD + ROW * (1 + max((depth for _, depth, _, _ in boxes), default=0)) + 8
    told = f"{title}: {root.spent / 1e9:.2f} seconds of processor time"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(told)}</title><style>{_STYLE}</style>",
        f'<text x="8" y="18" font-size="14">{escape(told)}</text>',
        '<text x="8" y="35">orange: Albumen; blue: SQLAlchemy; green: the web framework; grey: the rest</text>',
    ]
    parts += [_box(call, depth, left, wide, root.spent) for call, depth, left, wide in boxes]
    return "\n".join([*parts, "</svg>\n"])


def _boxes(call: Call, left: float, depth: int, whole: int, least: float) -> Iterator[tuple[Call, int, float, float]]:
    for each in sorted(call.below.values(), key=lambda below: -below.spent):
        share = each.spent / whole
        if share >= least:
            yield each, depth, left, share * WIDTH
            yield from _boxes(each, left, depth + 1, whole, least)
        left += share * WIDTH


def _box(call: Call, depth: int, left: float, wide: float, whole: int) -> str:
    top = HEAD + depth * ROW
    room = int((wide - 6) / _LETTER)
    said = call.name if len(call.name) <= room else _shortened(call.name, room)
    text = f'<text x="{left + 3:.1f}" y="{top + 12}">{escape(said)}</text>' if said else ""
    told = escape(f"{call.name} {100 * call.spent / (whole or 1):.1f} %")
    box = (
        f'<rect x="{left:.1f}" y="{top}" width="{max(wide - 0.5, 0.5):.1f}" height="{ROW - 1}" class="{_kind(call)}"/>'
    )
    return f"<g><title>{told}</title>{box}{text}</g>"


def _shortened(name: str, room: int) -> str:
    """The end of a name, which tells more than its beginning; nothing where too little of it has room."""
    last = name.rpartition(".")[2]
    if len(last) <= room:
        return last
    return last[: room - 1] + "…" if room >= 4 else ""


def _kind(call: Call) -> str:
    room = call.name.partition(".")[0]
    if room.startswith("albumen"):
        return "own"
    return "db" if room == "sqlalchemy" else "web" if room in _WEB else "rest"


def heaviest(found: Counter[Stack], most: int = 12) -> list[tuple[str, float, float]]:
    """The calls by what they took themselves: name, own share, share with all below them."""
    whole = sum(found.values()) or 1
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for stack, spent in found.items():
        own[stack[-1]] += spent
        for name in set(stack):
            total[name] += spent
    return [(name, spent / whole, total[name] / whole) for name, spent in own.most_common(most)]
