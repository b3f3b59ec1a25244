"""The charts of the yearly report: bars as long as their figures, words that cannot act as markup."""

from xml.etree import ElementTree as ET

import pytest

from services.console.report.charts import INSIDE, OUTSIDE, Bar, columns, rows

SVG = "{http://www.w3.org/2000/svg}"
BARS = [Bar("一月", 4, 0), Bar("<b>&二月", 1, 1), Bar("三月", 0, 0)]
LEGEND = ("内", "外")


def drawn(svg: str, side: str) -> dict[str, list[float]]:
    """The lengths of the bars by their colour, without the two squares of the legend."""
    found: dict[str, list[float]] = {INSIDE: [], OUTSIDE: []}
    for box in ET.fromstring(svg).iter(f"{SVG}rect"):  # noqa: S314 - it is our own
        found[box.attrib["fill"]].append(float(box.attrib[side]))
    return {colour: sizes for colour, sizes in found.items() if sizes}


@pytest.mark.parametrize(("draw", "side"), [(columns, "height"), (rows, "width")])
def test_bars_are_as_long_as_their_figures(draw: object, side: str) -> None:
    """Four is four times one, inside and outside stand apart, nothing is nothing."""
    assert callable(draw)
    lengths = drawn(draw("各月投诉", BARS, LEGEND), side)
    inside, outside = lengths[INSIDE][:-1], lengths[OUTSIDE][:-1]

    assert [4, 1] == [round(length / inside[1], 1) for length in inside]
    assert [1] == [round(length / inside[1], 1) for length in outside]


def test_a_chart_has_a_name_its_figures_and_every_word_as_it_is() -> None:
    """For whoever cannot see it too."""
    root = ET.fromstring(columns("各月<投诉>", BARS, LEGEND))  # noqa: S314 - it is our own
    said = [text.text for text in root.iter(f"{SVG}text")]

    assert ("img", "各月<投诉>") == (root.attrib["role"], root.findtext(f"{SVG}title"))
    assert ["4", "一月", "2", "<b>&二月", "三月", "内", "外"] == said


def test_no_bars_are_an_empty_chart() -> None:
    """Nothing is divided by nothing."""
    assert ET.fromstring(columns("", [], LEGEND)) is not None  # noqa: S314 - it is our own
