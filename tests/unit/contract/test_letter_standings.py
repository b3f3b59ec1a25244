"""How a dead letter stands is folded from what was told and decided: each step once, and only from whom it may come."""

import orjson
import pytest

from ops.cli.letter_words import facts, line, shown
from shared.contract.governance import GovernanceStep, StepKind, outgoing_step, step_from
from shared.contract.letter_standings import LetterState, Standing, Standings
from shared.contract.letters import NOT_KEPT, Fault, letter_from, type_of_record
from shared.contract.records import HEADER_SOURCE, HEADER_TYPE, Record
from shared.errors import NotYet, TypeUnknown, Unreadable
from tests.support.facts import names
from tests.support.letters import BOX, NOW, as_record, failed, letter, raw, step

ASKED: tuple[StepKind, dict[str, str]] = ("redrive_asked", {})
DONE: tuple[StepKind, dict[str, str]] = ("redrive_answered", {"outcome": "done"})
FAILED: tuple[StepKind, dict[str, str]] = ("redrive_answered", {"outcome": "failed", "reason": "code"})
SETTLED: tuple[StepKind, dict[str, str]] = ("settled", {})
REOPENED: tuple[StepKind, dict[str, str]] = ("reopened", {})
DISCARDED: tuple[StepKind, dict[str, str]] = ("discarded", {})


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([], "open"),
        ([ASKED], "asked"),
        ([ASKED, FAILED], "open"),
        ([ASKED, DONE], "settled"),
        ([SETTLED], "settled"),
        ([SETTLED, REOPENED], "open"),
        ([DISCARDED], "discarded"),
        ([DISCARDED, ASKED], "asked"),
        ([DISCARDED, ASKED, FAILED], "discarded"),
        ([DISCARDED, ASKED, DONE], "settled"),
        ([DISCARDED, ASKED, DONE, REOPENED], "open"),
        ([DISCARDED, REOPENED, ASKED, FAILED], "open"),
    ],
)
def test_a_letter_stands_as_its_last_step_says(
    steps: list[tuple[StepKind, dict[str, str]]], state: LetterState
) -> None:
    """What was set aside stays so when it is tried once more in vain."""
    one = letter(0)
    for kind, more in steps:
        one.steps.append(step(one, kind, one.count(kind) + 1, **more))

    assert state == one.state
    assert (state in ("open", "asked")) == one.waits


def test_failures_are_counted_since_a_letter_was_last_settled() -> None:
    """What is so once more has failed for the first time."""
    one = failed(letter(0), 2)
    assert 2 == len(one.failures)
    one.steps += [step(one, "settled"), step(one, "reopened")]

    assert [] == one.failures


def taken(one: Standing, *steps: GovernanceStep) -> Standings:
    """Standings that heard of the steps first, and of the letter then, of all of it twice."""
    found = Standings()
    for said in (*steps, *steps):
        found.take_step(raw(outgoing_step(said)))
    for _ in range(2):
        found.take_letter(as_record(one.letter))
    return found


def test_a_step_counts_once_whichever_topic_is_read_first() -> None:
    """The two topics are read beside each other, and a record may lie there twice."""
    one = letter(3)
    found = taken(one, step(one, "redrive_asked"), step(one, "redrive_answered", outcome="failed", reason="code"))

    assert ["redrive_asked", "redrive_answered"] == [said.kind for said in found.by_id["letter-3"].steps]
    assert 3 == found.by_id["letter-3"].letter.at


def test_one_service_hears_of_its_own_letters_only() -> None:
    """Another's make nothing of its own told or tried."""
    mine, others = letter(0, service="sla"), letter(1, service="routing")
    found = Standings("sla")
    for one in (mine, others):
        found.take_letter(as_record(one.letter))
        found.take_step(raw(outgoing_step(step(one, "redrive_asked"))))

    assert {"letter-0": "asked"} == {id_: one.state for id_, one in found.by_id.items()}


def test_what_two_operators_ask_for_at_once_is_kept_of_both_and_answered_once() -> None:
    """Also of one who asks while the answer is on its way: nothing is done about it again."""
    one = letter(3)
    asked = [step(one, "redrive_asked", id=name, who=f"person:{name}") for name in ("first", "second", "late")]
    found = taken(one, *asked[:2]).by_id["letter-3"]
    before = found.state, found.count("redrive_asked"), found.first(asked[1]), found.first(asked[2])
    found.steps += [step(one, "redrive_answered", outcome="done"), asked[2]]

    assert ("asked", 1, asked[0], None) == before
    assert ("settled", None, 1) == (found.state, found.asked, found.count("redrive_asked"))
    assert asked == [said for said in found.steps if said.kind == "redrive_asked"]


@pytest.mark.parametrize("kind", ["redrive_asked", "discarded", "redrive_answered", "settled"])
def test_a_step_is_signed_by_whom_it_may_come_from(kind: StepKind) -> None:
    """Operators decide, and only the service of a letter says what came of it."""
    record = raw(outgoing_step(step(letter(0), kind)))
    assert kind == step_from(record).kind

    for other in (b"/redress/routing", b"/redress/intake"):
        with pytest.raises(Unreadable):
            step_from(record._replace(headers=record.headers | {HEADER_SOURCE: other}))


def test_a_letter_of_another_service_or_no_letter_at_all_counts_for_nothing() -> None:
    """The gate lets in whatever is signed by the service that it names."""
    found = Standings()
    for record in (as_record(letter(0).letter, "routing"), Record(0, 0, "k", b"{}", {}), Record(0, 1, "k", b"x", {})):
        found.take_letter(record)
        with pytest.raises(Unreadable):
            letter_from(record)

    assert {} == found.by_id


def test_a_letter_of_before_is_told_without_the_reason_that_it_does_not_name() -> None:
    """Its case still waits; what it says was all sealed then."""
    record = as_record(letter(0, reason=None).letter)
    value = orjson.dumps({k: v for k, v in orjson.loads(record.value).items() if k not in ("reason", "type")})
    found = letter_from(record._replace(headers={}, value=value))
    one = Standing(found)

    assert (None, "open") == (found.reason, one.state)
    assert "not told" in line(facts(one, None, names().organisation.day))


def test_the_reason_in_the_clear_is_a_code_or_a_class_never_what_was_said() -> None:
    """What was said may be somebody's words."""
    faults = [Fault.of(error) for error in (NotYet("Zhang San"), KeyError("Zhang San"), TypeUnknown("Zhang San"))]
    try:
        raise Unreadable("Zhang San") from ValueError("Zhang San")
    except Unreadable as error:
        faults.append(Fault.of(error))

    assert ["reference_missing", "KeyError", "type_unknown", "ValueError"] == [fault.reason for fault in faults]
    assert all("Zhang San" in fault.said for fault in faults)


@pytest.mark.parametrize(
    ("header", "told"),
    [(b"redress.MoonConsulted.v1", "redress.MoonConsulted.v1"), (b"Zhang San", None), (b"\xff", None), (None, None)],
)
def test_a_type_is_told_only_if_it_looks_like_one(header: bytes | None, told: str | None) -> None:
    """A header may hold anything."""
    assert told == type_of_record(Record(0, 0, "k", b"", {} if header is None else {HEADER_TYPE: header}))


def test_nothing_sealed_of_a_letter_is_kept() -> None:
    """A record may be large, and nobody opens it from memory; one that seals nothing is no letter."""
    record = as_record(letter(0).letter)
    found = Standings()
    found.take_letter(record)
    less = {name: value for name, value in orjson.loads(record.value).items() if name != "record"}

    assert BOX.box.encode() in record.value
    assert BOX.box not in repr(found.by_id)
    with pytest.raises(Unreadable):
        letter_from(record._replace(value=orjson.dumps(less)))


def test_a_record_that_a_redrive_found_gone_is_said_to_be_gone() -> None:
    """Its letter is open again by that, as one whose record is kept; one that never kept it whole has its head."""
    gone: tuple[StepKind, dict[str, str]] = ("redrive_answered", {"outcome": "failed", "reason": NOT_KEPT})
    kept = []
    for one, answer in ((letter(1), FAILED), (letter(2), gone), (letter(3, record_whole=False), gone)):
        one.steps += [step(one, "settled"), step(one, "redrive_asked"), step(one, answer[0], 1, **answer[1])]
        kept.append(shown(one, None, names().organisation.day, NOW)["record"]["kept"])

    assert [True, False, True] == kept
