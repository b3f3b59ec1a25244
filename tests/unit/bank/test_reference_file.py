"""Reference files say every thing once: what stands twice would be lost unseen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.console.statistics.figures import parse_figures
from services.notify.letters.template import parse_template
from services.routing.rules.table import read_table
from shared.bank.organisation_file import parse_organisation
from shared.bank.pack import parse_pack
from shared.bank.working_days import parse_year
from shared.errors import BadReference

ORGANISATION = Path("deploy/organisation/dongqiao.yaml")
FILES: dict[str, tuple[Callable[[str], Any], str, str]] = {
    "organisation": (parse_organisation, ORGANISATION.read_text("utf-8"), "bank: {"),
    "routing": (read_table, Path("services/routing/rules/routing-rules.yaml").read_text("utf-8"), "owners:"),
    "pack": (parse_pack, Path("services/sla/packs/cn-bank-internal.yaml").read_text("utf-8"), "calendar: cn"),
    "calendar": (parse_year, next(Path("services/sla/calendars").glob("*.yaml")).read_text("utf-8"), "country:"),
    "figures": (parse_figures, next(Path("deploy/figures").glob("*.yaml")).read_text("utf-8"), "figures:"),
    "template": (
        parse_template,
        Path("services/notify/letters/templates/acknowledgement.zh.j2").read_text("utf-8"),
        "kind:",
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_key_that_stands_twice_is_refused_and_its_line_named(kind: str) -> None:
    """The second would replace the first, whichever the writer meant."""
    parse, text, line = FILES[kind]
    parse(text)
    lines = text.splitlines(keepends=True)
    at = next(n for n, found in enumerate(lines) if found.startswith(line))
    again = lines[at].split("{")[0].strip() + " []\n" if lines[at].rstrip().endswith(("{", ":")) else lines[at]
    twice = "".join([*lines[:at], again, *lines[at:]])

    with pytest.raises(BadReference, match=r"line \d+.*twice"):
        parse(twice)


def test_a_key_that_stands_twice_inside_is_refused_too() -> None:
    """Two lists of packs in one bank: nobody could say which governs it."""
    text = ORGANISATION.read_text("utf-8").replace("bank: {", "bank: {packs: [another], ")

    with pytest.raises(BadReference, match=r"line 2, column \d+: no YAML: 'packs' stands twice"):
        parse_organisation(text)
