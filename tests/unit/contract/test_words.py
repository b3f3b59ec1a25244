"""Nobody who reads a timeline has to know a code: each has words in both languages."""

from typing import Any, get_args

import pytest

from services.routing.decisions import GROUNDS
from shared.case.duty_kinds import KINDS, called
from shared.contract.channels import CHANNELS
from shared.contract.codes import Fault, Reason, RemedyKind, ReplyWay, SatisfactionValue
from shared.contract.events.casework import CustomerContacted, DecisionMade, DeliveryRecorded, Level
from shared.contract.events.ending import CaseNotAccepted
from shared.contract.events.ownership import EscalationRequested, HandoverRefused
from shared.contract.events.sla import ClockRecomputed
from shared.contract.message_kinds import MessageKind
from shared.contract.words import WORDS, post_in_unit

FIELDS: list[tuple[type[Any], str]] = [
    (CaseNotAccepted, "ground"), (HandoverRefused, "ground"), (CustomerContacted, "outcome"),
    (DecisionMade, "outcome"), (EscalationRequested, "mode"),
    (ClockRecomputed, "ground"), (DeliveryRecorded, "document"),
]  # fmt: skip


def codes() -> set[str]:
    """Every code that a sentence can show, read from the types themselves."""
    kinds = (Fault, Reason, ReplyWay, Level, RemedyKind, SatisfactionValue, MessageKind)
    found = {code for kind in kinds for code in get_args(kind)} | {*CHANNELS, *GROUNDS.values(), "organisation_changed"}
    return found | {code for shape, field in FIELDS for code in get_args(shape.model_fields[field].annotation)}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_duty_is_called_something_in_both_languages(kind: str) -> None:
    """No code stands in a sentence or a reminder."""
    assert len({kind, called(kind, "zh"), called(kind, "en")}) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_of_a_timeline_has_words(language: str) -> None:
    """A new code without words fails here, not in front of an auditor."""
    assert set() == codes() - WORDS[language].keys()


def test_both_languages_have_words_for_the_same_codes() -> None:
    """What is said in one can be said in the other."""
    assert WORDS["zh"].keys() == WORDS["en"].keys()


@pytest.mark.parametrize(
    ("unit", "post", "language", "said"),
    [
        ("东侨支行运营部", "operations_head", "zh", "东侨支行运营部负责人"),
        ("省分行综合办公室", "general_office", "zh", "省分行综合办公室"),
        ("东侨支行", "president", "zh", "东侨支行行长"),
        ("东侨支行信贷部", "unit_head", "zh", "东侨支行信贷部负责人"),
        ("东侨支行", "no_such_post", "zh", "东侨支行"),
        ("Dongqiao Operations", "operations_head", "en", "Dongqiao, head of operations"),
        ("General Office", "general_office", "en", "general office"),
        ("Dongqiao Lending", "unit_head", "en", "Dongqiao Lending, head of the unit"),
        ("Dongqiao Lending", "no_such_post", "en", "Dongqiao Lending"),
    ],
)
def test_what_a_unit_and_its_post_both_say_is_said_once(unit: str, post: str, language: str, said: str) -> None:
    """A head of operations heads the department of operations; the president of a sub-branch is no word twice."""
    assert said == post_in_unit(unit, post, language)
