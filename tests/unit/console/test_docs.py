"""The console's reference page is complete: every call, parameter, column, field and refusal is on it."""

from typing import Any, cast

from services.console.http import parameters, questions, reports, unsealing
from services.console.http.api import create_app
from services.console.http.case import case_in_full, shown_clock
from services.console.http.parameters import STATES
from services.console.http.questions import Questions
from services.console.openings import refusals
from services.console.projection import building, database, following, generations, live_generation
from services.console.projection.tables import CaseRows, case, clock
from services.console.register import exports
from services.console.register.columns import COLUMNS
from services.console.statistics.counting import BY, NAMES, RESTS_ON
from services.console.statistics.scope import DIMENSIONS
from shared.errors import RedressError
from shared.log import access_log
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "reference" / "http-console.md").read_text(encoding="utf-8")
EXPLAINED = (ROOT / "docs" / "explanation" / "statistics.md").read_text(encoding="utf-8")
OPERATED = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")


def calls() -> dict[str, Any]:
    """The OpenAPI paths."""
    found: dict[str, Any] = create_app(cast(Questions, None)).openapi()["paths"]
    return found


def test_every_call_and_parameter_is_documented() -> None:
    """From the OpenAPI document, which is what callers get."""
    asked = [call for path in calls().values() for call in path.values()]
    headers = {"authorization", "accept-language", "accept"}
    names = {p["name"] for call in asked for p in call.get("parameters", ())} - headers
    tails = [path.removeprefix("/v1/cases/{case}") for path in calls()]

    assert 23 == len(tails)
    assert [] == [tail for tail in tails if tail.removeprefix("/v1/register") not in PAGE]
    assert [] == sorted(name for name in names if name not in PAGE + EXPLAINED)


def test_every_column_of_the_register_is_documented_with_its_headers() -> None:
    """One line each."""
    assert [] == [c.key for c in COLUMNS if f"| `{c.key}` | {c.zh} | {c.en} |" not in PAGE]


def test_every_state_and_every_field_of_a_case_and_a_clock_is_documented() -> None:
    """As the answers have them."""
    row = dict.fromkeys([*case.columns.keys(), *clock.columns.keys()])
    row |= {"parties": None, "remedies": None, "partition": 0, "last_offset": 0}
    fields = {*case_in_full(CaseRows(row, [], [], []), {}, []), *shown_clock(row)}

    assert [] == [state for state in STATES if f"`{state}`" not in PAGE]
    assert [] == sorted(field for field in fields if field not in PAGE)


def test_every_figure_is_defined() -> None:
    """And so is the place, which two of them rest on."""
    plain = {name.partition(".")[0] for name in (*NAMES, *RESTS_ON)}
    figures = sorted(plain | {f"{BY}{name}" for name in DIMENSIONS} | {"remedies", "tables"})
    defined = [line for line in EXPLAINED.splitlines() if line.startswith("| ")]

    assert [] == [f for f in figures if not any(f"`{f}`" in line.split("|")[1] for line in defined)]
    assert any(line.startswith("| place |") for line in defined)


def test_every_refusal_of_the_console_is_documented() -> None:
    """To callers on the reference page, to operators in their guide."""
    modules = {
        module.__name__
        for module in (
            building, database, exports, following, generations, live_generation, parameters, questions, refusals,
            reports, access_log, unsealing,
        )
    }  # fmt: skip
    codes = {e.code for e in _below(RedressError) if e.__module__ in modules}

    assert {"projection_ahead", "no_right"} <= codes
    assert [] == sorted(code for code in codes if f"`{code}`" not in PAGE + OPERATED)


def _below(kind: type[RedressError]) -> list[type[RedressError]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in _below(sub))]
