"""Reference files say every thing once: what stands twice would be lost unseen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ops.paths import EVENT_VERSIONS
from services.console.statistics.figures import parse_figures
from services.notify.letters.template import parse_template
from services.routing.rules.table import read_table
from shared.bank.event_versions import parse_known_versions
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import parse_pack
from shared.bank.working_days import parse_year
from shared.errors import BadReference

ORGANISATION = Path("deploy/organisation/dongqiao.yaml")
TEMPLATE = Path("services/notify/letters/templates/acknowledgement.zh.j2")
FILES: dict[str, tuple[Callable[[str], Any], Path, str]] = {
    "organisation": (parse_organisation, ORGANISATION, "units: []\n"),
    "routing": (read_table, Path("services/routing/rules/routing-rules.yaml"), "owners: []\n"),
    "pack": (parse_pack, Path("services/sla/packs/cn-bank-internal.yaml"), "calendar: cn\n"),
    "calendar": (parse_year, Path("services/sla/calendars/cn-2020.yaml"), "country: CN\n"),
    "figures": (parse_figures, next(Path("deploy/figures").glob("*.yaml")), "figures: []\n"),
    "versions": (parse_known_versions, EVENT_VERSIONS, "DecisionMade: 2\n"),
    "template": (parse_template, TEMPLATE, "---\nkind: acknowledgement\n"),
}
"""Per kind what reads it, a file that is taken, and a key of it to put before it."""


@pytest.mark.parametrize("kind", FILES)
def test_a_key_that_stands_twice_is_refused_and_its_line_named(kind: str) -> None:
    """The second would replace the first, whichever the writer meant."""
    parse, file, line = FILES[kind]
    text = file.read_text("utf-8")
    parse(text)

    with pytest.raises(BadReference, match=r"line \d+.*twice"):
        parse(line + text.removeprefix("---\n" if kind == "template" else ""))


@pytest.mark.parametrize(
    "text", ["a: \x00", "a: \x07", "[" * 100_000, "{a: " * 100_000, "a: 2026-02-30", "\t", "%", "a: b: c"]
)
@pytest.mark.parametrize("kind", FILES)
def test_what_no_yaml_is_is_refused_whatever_it_is(kind: str, text: str) -> None:
    """Control characters, thousands of brackets, a day that no calendar has: one error, never another one."""
    parse = FILES[kind][0]

    with pytest.raises(BadReference):
        parse(f"---\n{text}\n---\nSubject: x" if kind == "template" else text)


def test_a_key_that_stands_twice_inside_is_refused_too() -> None:
    """Two lists of packs in one bank: nobody could say which governs it."""
    text = ORGANISATION.read_text("utf-8").replace("bank: {", "bank: {packs: [another], ")

    with pytest.raises(BadReference, match=r"line 2, column \d+: no YAML: 'packs' stands twice"):
        parse_organisation(text)
