"""Every command is declared whole, and what follows from its declaration is what its decision does."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from services.casework import act, decisions
from services.casework.act import Act
from services.casework.commands.declaration import Declaration
from services.casework.decisions import COMMANDS, SUBJECTS, stage_of
from services.casework.refusing import REFUSALS
from services.casework.sides import SideName
from services.casework.state import MOMENTS, CaseworkState
from shared.contract.events import CATALOGUE
from tests.support.casework import Case

ALL = list(COMMANDS.values())
STOPPING = {
    "decide", "settle-on-the-spot", "reply-customer", "report-result", "answer-transferring-body", "pass-report-up",
    "answer-media",
}  # fmt: skip


def test_every_command_is_declared_once_and_every_act_of_casework_comes_of_one() -> None:
    """But for refusals, which come of all, and requests, which come of those that need a second person."""
    acts = {name for name, shape in CATALOGUE.items() if shape.producer == "casework"}

    assert len(ALL) == sum(len(module.COMMANDS) for module in SUBJECTS)
    assert acts - {"CommandRefused", "ApprovalRequested"} == {declared.becomes.__name__ for declared in ALL}


@pytest.mark.parametrize("declared", ALL, ids=lambda d: d.name)
def test_a_command_is_named_as_its_body(declared: Declaration[Act]) -> None:
    """`AcceptHandover` is `accept-handover`; and the summary says in a sentence what it is for."""
    words = declared.name.split("-")

    assert "".join(word.capitalize() for word in words) == declared.body.__name__
    assert declared.summary.endswith(".")
    assert declared.who
    assert declared.stages


@pytest.mark.parametrize("declared", [d for d in ALL if d.second_person], ids=lambda d: d.name)
def test_who_asks_for_a_second_person_may_say_whom_to_ask_first(declared: Declaration[Act]) -> None:
    """It approves nothing, so it may be left out."""
    assert not declared.body.model_fields["approved_by"].is_required()


def test_these_commands_need_a_second_person() -> None:
    """Letting a duty go, turning away, a withdrawal by word of mouth, money, a time of receipt (contract 6)."""
    needing = {
        "waive-duty", "not-accept", "withdraw", "settle-on-the-spot", "decide", "offer-plan", "revise-decision",
        "correct-receipt",
    }  # fmt: skip

    assert needing == {declared.name for declared in ALL if declared.second_person}


def test_these_commands_can_stop_the_banks_own_clock() -> None:
    """It follows from the kinds of duties that their facts discharge."""
    assert STOPPING == {declared.name for declared in ALL if declared.can_stop_clock}


def test_every_fact_that_a_time_is_held_against_is_kept_by_the_state() -> None:
    """A name that is none would be no bound."""
    fields = set(CaseworkState._fields)

    assert {*MOMENTS.values()} <= fields
    assert [] == [m for declared in ALL for m in declared.not_before if m not in fields]


def raised(source: str) -> Iterator[str]:
    """The names of the errors that a source raises, also by choosing one of two."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from (name.id for name in ast.walk(node.exc) if isinstance(name, ast.Name))


def test_nothing_is_declared_as_refused_that_no_decision_refuses() -> None:
    """And what any decision refuses is declared by one of its module's commands."""
    common = {*raised(_source(act)), *raised(_source(decisions))}
    for module in SUBJECTS:
        said = {*raised(_source(module))} & {error.__name__ for error in REFUSALS.values()}
        declared = {error.__name__ for one in module.COMMANDS for error in one.refused}

        assert said <= declared
        assert declared <= said | common


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def test_a_case_is_open_then_ended_then_archived_and_open_again() -> None:
    """What a declaration's stages are held against."""
    case = Case()
    stages = [stage_of(case.core), stage_of(case.archived().core)]
    case.does("lin.fang", "reopen", ground="再次来电。", received_at=case.now.isoformat())
    stages.append(stage_of(case.core))

    assert ["open", "archived", "open"] == stages
    assert "ended" == stage_of(Case().closed().core)


def test_every_side_that_a_command_names_is_one() -> None:
    """Type checking holds it where it is written; this holds what a test adds."""
    known = set(get_args(SideName))

    assert known == {side for declared in ALL for side in declared.who}
