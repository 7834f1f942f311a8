"""Figures as a picture: each beside its goal, for light and for dark pages, without scripts."""

from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

WIDTH: Final = 960
LEFT: Final = 430
ROW: Final = 26
HEAD: Final = 66
MOST: Final = 2.0
"""Bars end at twice the goal, so that one row does not make the others small."""
_UNIT: Final = 180
_STYLE: Final = """
text{font:13px system-ui,sans-serif;fill:#1f2328}.far{fill:#59636e}.title{font-size:16px;font-weight:600}
.met{fill:#2f7d4f}.missed{fill:#b4570a}.goal{stroke:#59636e;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.far{fill:#9198a1}.met{fill:#4fae78}.missed{fill:#e08a3c}
.goal{stroke:#9198a1}}
"""


def chart(title: str, figures: Sequence[dict[str, Any]]) -> str:
    """A bar for each figure: how far it comes, where the goal is one."""
    height = HEAD + ROW * len(figures) + 14
    goal = LEFT + _UNIT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="12" y="26">{escape(title)}</text>',
        f'<text class="far" x="{goal}" y="50" text-anchor="middle">goal</text>',
        f'<text class="far" x="{goal + _UNIT}" y="50" text-anchor="middle">twice as good, or more</text>',
        f'<line class="goal" x1="{goal}" x2="{goal}" y1="{HEAD - 8}" y2="{height - 10}"/>',
    ]
    parts += [_row(HEAD + ROW * place, each) for place, each in enumerate(figures)]
    return "\n".join([*parts, "</svg>\n"])


def _row(top: int, figure: dict[str, Any]) -> str:
    reach = min(score(figure), MOST)
    kind = "met" if figure["met"] else "missed"
    what = f"{figure['number']}  {figure['what']}"
    return (
        f"<g><title>{escape(what)}</title>"
        f'<text x="12" y="{top + 14}">{escape(what if len(what) <= 60 else what[:59] + "…")}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{top + 2}" width="{max(2.0, reach * _UNIT):.0f}" height="15" rx="2"/>'
        f'<text class="far" x="{LEFT + 2 * _UNIT + 14}" y="{top + 14}">{escape(_said(figure))}</text></g>'
    )


def score(figure: dict[str, Any]) -> float:
    """How far a figure comes, where the goal is 1: what is to be small counts the other way round."""
    value = figure["ours"] if figure["ratio"] is None else figure["ratio"]
    sign, bound = figure["goal"].split()
    return value / float(bound) if sign == ">=" else float(bound) / value if value else MOST


def _said(figure: dict[str, Any]) -> str:
    value = figure["ours"] if figure["ratio"] is None else figure["ratio"]
    unit = f" {figure['unit']}" if figure["ratio"] is None else ""
    said = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{said}{unit} (goal {figure['goal'].replace('>=', '≥').replace('<=', '≤')})"
