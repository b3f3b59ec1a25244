"""Adding a kind of duty as its page says: two files are touched, and it is owed, clocked, discharged and told."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.routing.rules.table import read_table
from shared.case.duty_kinds import ANTICIPATED, DELIVERED_BY, INTERNAL_CLOCK, KINDS, REOPENED, WATCHED
from tests.support.house_copy import changed, house_copy, in_copy, put
from tests.support.paths import ROOT

PAGE = (ROOT / "docs" / "how-to" / "add-a-duty-kind.md").read_text(encoding="utf-8")
DECLARATION, LINE = re.findall(r"```(?:python|yaml)\n(.*?)```", PAGE, re.S)
KINDS_FILE = "shared/case/duty_kinds.py"
RULES = "services/routing/rules/routing-rules.yaml"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the kind of duty that the page adds."""
    copy = house_copy(tmp_path_factory.mktemp("house"))
    put(copy / KINDS_FILE, ")  # fmt: skip\nKINDS", f"    {DECLARATION.strip()},\n")
    put(copy / RULES, "  - [archive, ", LINE)
    return copy


@pytest.fixture(scope="module")
def seen(house: Path) -> dict[str, Any]:
    """What becomes of the duty on a complaint by telephone."""
    found: dict[str, Any] = json.loads(in_copy(house, "-m", "tests.support.invented_duty", "tell_compliance"))
    return found


def test_two_files_are_touched(house: Path) -> None:
    """The declaration, and who owes it."""
    assert {KINDS_FILE, RULES} == changed(house)
    assert [] == [name for name in (KINDS_FILE, RULES) if f"`{name}`" not in PAGE]


def test_it_is_owed_and_clocked_by_its_limit(seen: dict[str, Any]) -> None:
    """Received and routed on Thursday the 5th: two working days end on Monday."""
    assert ("luo.tian", "2020-03-09") == (seen["debtor"], seen["due_on"])


def test_it_is_discharged_by_the_fact_that_it_names(seen: dict[str, Any]) -> None:
    """The handler recorded what he found; its clock was met."""
    assert {"tell_compliance": "discharged"} == seen["ended"]
    assert ([], True) == (seen["open"], seen["in_time"])


def test_it_is_told_in_words(seen: dict[str, Any]) -> None:
    """In both languages, and in the table of the contract."""
    zh_started, en_started, zh_met, en_met = seen["sentences"]

    assert all("“通报合规部门”" in sentence for sentence in (zh_started, zh_met))
    assert "Done in time: telling the compliance office." == en_met
    assert "telling the compliance office" in en_started
    said = "| `tell_compliance` | 2 working days | `InvestigationRecorded` | moves to a new handler | 通报合规部门 |"
    assert said == seen["table"]


def test_every_kind_that_is_opened_anew_says_who_owes_it() -> None:
    """No channel does: the decision that reopens a case opens it."""
    assert [] == [kind for kind in REOPENED if KINDS[kind].debtor is None]


def test_every_duty_that_the_rules_give_to_the_handler_moves_with_the_case() -> None:
    """Who hands a case over hands over what he owes."""
    rules = read_table((ROOT / RULES).read_text(encoding="utf-8"))
    by_handler = {line.kind for line in rules.duties if line.debtor in ("handler", "report_levels")}

    assert [] == [kind for kind in sorted(by_handler) if not KINDS[kind].follows_handler]


def test_what_is_derived_from_the_declarations_is_what_the_contract_says() -> None:
    """The lists that other rooms read, each once by hand."""
    reported = ("report_result", "report_up")

    assert ("reply_customer", "respond_media", *reported, "answer_transferring_body") == INTERNAL_CLOCK
    assert {*INTERNAL_CLOCK, "handle"} == WATCHED
    round_ = ("contact_customer", "handle", "reply_customer", "report_result", "report_up", "track_result", "archive")
    assert round_ == REOPENED
    assert {"report_overrun_reason": "OverrunReasonReported", "explain_overrun": "OverrunExplained"} == ANTICIPATED
    assert {"written_notice": "deliver_written_notice", "supervision_form": "deliver_supervision_form"} == DELIVERED_BY
