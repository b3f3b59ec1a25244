"""Refusals are facts with a stable code, and every code is documented."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.casework.decisions import SERVICE, refuse
from services.casework.refusing import GROUPS, REFUSALS, refused
from services.intake.inbox import answering
from shared.case.numbers import UnknownCase
from shared.contract.commands import AfterUnknown, AwaitedTooLong, CaseBlocked, CommandFailed
from shared.contract.events.base import CommandRef
from shared.contract.events.casework import (
    CommandRefused,
)
from shared.errors import NotYet, RecordTooLarge, RedressError
from shared.kernel.service import CommandTrigger, Context, LogTrigger, Timer
from tests.support.casework import CONTACT, DECISION, Case, Refused, known, refusal
from tests.support.facts import CASE, NOW
from tests.support.paths import REFERENCE

PAGE = (REFERENCE / "refusals.md").read_text(encoding="utf-8")
OF_COMMANDS, OF_THE_INBOX = PAGE.split("## In answers of the inbox")
KERNEL = (UnknownCase, CaseBlocked, AfterUnknown, AwaitedTooLong, CommandFailed, NotYet, RecordTooLarge)


def documented(part: str) -> dict[str, int]:
    """Code and status as the tables of a part of the page have them."""
    found: dict[str, int] = {}
    for status, row in re.findall(r"^\| (\d{3}) \| ([^|]+)\|", part, re.M):
        found |= dict.fromkeys(re.findall(r"`([a-z_]+)`", row), int(status))
    return found


def test_every_refusal_is_documented_with_its_status_and_nothing_else_is() -> None:
    """Callers branch on the codes."""
    expected = {code: error.status for code, error in REFUSALS.items()} | {e.code: e.status for e in KERNEL}

    expected |= {"overtaken": 409, "idempotency_conflict": 409, "unknown_command": 404}

    assert expected | {"bad_after": 422, "projection_behind": 504} == documented(OF_COMMANDS)


def test_what_the_inbox_refuses_is_documented_with_the_status_that_it_has() -> None:
    """Whoever posts to a topic branches on the same codes as who calls."""
    found = {one.code: one.status for one in subclasses(RedressError)}
    told = documented(OF_THE_INBOX)

    assert {"bad_cloud_event", "foreign_source", "internal_error"} <= told.keys()
    assert {code: found.get(code) for code in told} == told
    assert not answering.PASSING & set(told.values())


def subclasses(of: type[RedressError]) -> Iterator[type[RedressError]]:
    """An error and everything that is one of its kind."""
    yield of
    for one in of.__subclasses__():
        yield from subclasses(one)


def test_every_refusal_is_by_rights_by_state_or_by_content() -> None:
    """And no two share a code."""
    found = [error for group in GROUPS for error in group.__subclasses__() if error not in GROUPS]

    assert len(found) + 1 == len(REFUSALS)  # and one is a special case of another: not_yours
    assert {403, 409, 422} == {error.status for error in REFUSALS.values()}


def test_a_refusal_keeps_code_pointers_and_what_it_is_about_never_the_body() -> None:
    """The auditor sees the attempt, not the words."""
    case = Case()
    command = case.command("luo.tian", "report-result", cause_and_findings="不该出现的文字")
    fact = case.answer(command)

    assert isinstance(fact.data, CommandRefused)
    assert ("person:luo.tian", None) == (fact.actor, fact.happened_at)
    assert "nothing_to_report" == fact.data.code
    stored = fact.data.model_dump_json()
    assert command.body["cause_and_findings"]["box"] not in stored
    assert CommandRef(name="report-result", fingerprint="f") == fact.data.command


def test_a_refusal_changes_nothing_on_the_case() -> None:
    """It is in the timeline only."""
    case = Case()
    before = case.state
    case.refuses("lin.fang", "close")

    assert before == case.state


def test_a_name_that_is_no_command_is_refused_without_repeating_it() -> None:
    """It never comes through the API; whoever wrote it may have put anything there."""
    case = Case()
    command = case.command("luo.tian", "accept-handover")._replace(name="no such\nthing")
    fact = case.answer(command)

    assert isinstance(fact.data, CommandRefused)
    assert fact.data.command is not None
    assert ("invalid_command", "unknown-command") == (fact.data.code, fact.data.command.name)


@pytest.mark.parametrize(
    ("name", "body", "pointers"),
    [
        ("record-contact", {"way": "pigeon"}, ("/way",)),
        ("record-contact", {"points": "not sealed"}, ("/points",)),
        ("record-contact", {"points": None}, ("/points",)),
        ("decide", {"outcome": "lost"}, ("/outcome",)),
        ("decide", {"remedies_offered": [{"kind": "gold"}]}, ("/remedies_offered/0/kind",)),
    ],
)
def test_a_body_that_is_not_what_the_api_makes_is_refused(
    name: str, body: dict[str, Any], pointers: tuple[str, ...]
) -> None:
    """Nothing reaches the log that does not have its shape; above all no open text."""
    case = Case().investigated()
    command = case.command("luo.tian", name, **(CONTACT if name == "record-contact" else DECISION))
    command.body.update(body)
    fact = case.answer(command)

    assert Refused("invalid_command", pointers) == refusal(fact)


def test_a_day_that_is_none_is_pointed_at() -> None:
    """Of a new date for the customer, and of the end of retention."""
    open_, closed = Case(), Case().closed()
    explain = open_.command("luo.tian", "explain-overrun", words="…", promised_on="2020-03-12")
    archive = closed.command("zhong.an", "archive", place="A", retain_until="2025-12-31")
    explain.body["promised_on"] = archive.body["retain_until"] = "soon"

    assert Refused("invalid_command", ("/promised_on",)) == refusal(open_.answer(explain))
    assert Refused("invalid_command", ("/retain_until",)) == refusal(closed.answer(archive))


def test_a_command_on_a_case_never_received_is_refused() -> None:
    """The API answers that itself; the worker holds to it."""
    command = Case().command("luo.tian", "accept-handover")
    context = Context("casework", CASE, command.id, NOW, known())

    with pytest.raises(UnknownCase):
        SERVICE.decide(None, CommandTrigger(command), context)


def test_refusals_of_the_kernel_become_facts_too() -> None:
    """A blocked case, a place that is not there, a fault of ours."""
    command = Case().command("luo.tian", "accept-handover")

    assert [e.code for e in KERNEL] == [refusal(refuse(command, e())).code for e in KERNEL]


def test_the_settlement_of_a_receipt_is_refused_under_the_commands_name() -> None:
    """Its fingerprint is the receipt's."""
    fact = refused(CommandRef(name="settle-on-the-spot", fingerprint="r"), "channel:hotline", CommandFailed())

    assert isinstance(fact.data, CommandRefused)
    assert fact.data.command is not None
    assert ("channel:hotline", "r") == (fact.actor, fact.data.command.fingerprint)


def test_casework_answers_commands_and_settlements_only() -> None:
    """Anything else is a fault of the kernel, not an answer."""
    case = Case()
    context = Context("casework", CASE, "x", NOW, known())
    for trigger in (LogTrigger(case.events[-1]), Timer(CASE, "c", "breach", NOW)):
        with pytest.raises(TypeError, match="casework does not answer"):
            SERVICE.decide(case.state, trigger, context)
