"""A verification says "all but this": cases that services told of, and nothing that nobody was told of."""

from ops.verify.blocked_cases import READABLE_HERE, Blocked, blocked_cases
from ops.verify.rebuild import Verification
from shared.contract.letter_standings import Standing, Standings
from shared.contract.records import Record
from tests.support.letters import as_record, letter, step


def standings(*letters: Standing) -> Standings:
    """Letters, with what was decided about them."""
    found = Standings()
    for one in letters:
        found.take_letter(as_record(one.letter))
        for said in one.steps:
            found.add(said)
    return found


def about(at: int, case: str, service: str, cause: str = "0:7") -> Standing:
    """A letter about a record that a service cannot read."""
    return letter(at, case, service, "unreadable", cause=cause)


def unread(case: str, offset: int) -> tuple[Record, str]:
    """A record that the tool cannot read either."""
    return Record(0, offset, case, b"", {}), f"record {offset} is broken"


def test_a_case_is_named_once_with_all_services_that_wait_with_it() -> None:
    """Also where a later record of it cannot be read either: nobody gets so far."""
    but, untold = blocked_cases(
        standings(about(0, "a", "sla"), about(1, "a", "notify")), [unread("a", 7), unread("a", 9)]
    )

    assert ([Blocked("a", "0:7", "record 7 is broken", ["sla", "notify"], ["letter-0", "letter-1"], False)], []) == (
        but,
        untold,
    )


def test_what_no_service_told_of_is_a_difference() -> None:
    """Somebody would have to be told first."""
    assert ([], ["record 7 is broken"]) == blocked_cases(standings(letter(0, "a")), [unread("a", 7)])


def test_what_was_settled_waits_no_more_and_what_reads_here_is_told_so() -> None:
    """An old worker may wait with what this version reads."""
    settled, waiting = about(0, "a", "sla"), about(1, "b", "sla")
    settled.steps.append(step(settled, "settled"))
    (one,), untold = blocked_cases(standings(settled, waiting), [])

    assert ("b", READABLE_HERE, []) == (one.case, one.why, untold)


def test_a_verification_is_well_once_all_letters_of_a_case_are_set_aside() -> None:
    """By two people, which the tool has seen to; one letter that is open is enough to say that somebody has to look."""
    first, second = about(0, "a", "sla"), about(1, "a", "notify")
    first.steps.append(step(first, "discarded"))
    half, _ = blocked_cases(standings(first, second), [unread("a", 7)])
    second.steps.append(step(second, "discarded"))
    all_of_it, _ = blocked_cases(standings(first, second), [unread("a", 7)])

    assert [False, True] == [Verification(but=half).well, Verification(but=all_of_it).well]
    assert not Verification(but=all_of_it, differences=["x"]).well
    assert all_of_it[0].in_words().endswith("(set aside)")
