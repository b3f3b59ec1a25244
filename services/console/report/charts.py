"""Charts of the report as SVG: bars with their figures on them. Pure."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, LABELS, ROW, HEIGHT, FOOT = 640, 190, 26, 190, 24
INSIDE, OUTSIDE, INK = "#2f5d8a", "#d08c3a", "#222222"
FONT = "Noto Sans SC"


class Bar(NamedTuple):
    """A bar: its label, and what is inside and outside of it."""

    label: str
    inside: int
    outside: int

    @property
    def whole(self) -> int:
        """Both."""
        return self.inside + self.outside


def columns(name: str, bars: Sequence[Bar], legend: tuple[str, str]) -> str:
    """Bars that stand side by side, such as the months of a year."""
    most, step = max([1, *(bar.whole for bar in bars)]), WIDTH / max(1, len(bars))
    parts = []
    for at, bar in enumerate(bars):
        left, floor = at * step + step * 0.2, float(HEIGHT)
        for count, colour in ((bar.inside, INSIDE), (bar.outside, OUTSIDE)):
            tall = (HEIGHT - 40) * count / most
            floor -= tall
            parts.append(_box(left, floor, step * 0.6, tall, colour))
        middle = left + step * 0.3
        parts.append(_text(middle, floor - 5, str(bar.whole), "middle") if bar.whole else "")
        parts.append(_text(middle, HEIGHT + 16, bar.label, "middle"))
    return _drawing(name, HEIGHT + FOOT, [*parts, _line(), *_legend(legend)])


def rows(name: str, bars: Sequence[Bar], legend: tuple[str, str]) -> str:
    """Bars that lie one below the other, such as channels."""
    most, long = max([1, *(bar.whole for bar in bars)]), WIDTH - LABELS - 50
    parts = []
    for at, bar in enumerate(bars):
        top, left = FOOT + at * ROW, float(LABELS)
        parts.append(_text(LABELS - 8, top + 15, bar.label, "end"))
        for count, colour in ((bar.inside, INSIDE), (bar.outside, OUTSIDE)):
            wide = long * count / most
            parts.append(_box(left, top + 3, wide, ROW - 8, colour))
            left += wide
        parts.append(_text(left + 6, top + 16, str(bar.whole), "start"))
    return _drawing(name, FOOT + ROW * len(bars), [*parts, *_legend(legend)])


def _drawing(name: str, tall: int, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {tall}">'
    return f"{head}<title>{escape(name)}</title>{''.join(parts)}</svg>"


def _legend(said: tuple[str, str]) -> list[str]:
    found = []
    for at, (text, colour) in enumerate(zip(said, (INSIDE, OUTSIDE), strict=True)):
        left = WIDTH - 230 + at * 120
        found += [_box(left, 2, 10, 10, colour), _text(left + 15, 12, text, "start")]
    return found


def _box(left: float, top: float, wide: float, tall: float, colour: str) -> str:
    if wide <= 0 or tall <= 0:
        return ""
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}"/>'


def _line() -> str:
    return f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}" stroke="{INK}" stroke-width="1"/>'


def _text(left: float, top: float, words: str, anchor: str) -> str:
    where = f'x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}"'
    return f'<text {where} font-family="{FONT}" font-size="12" fill="{INK}">{escape(words)}</text>'
