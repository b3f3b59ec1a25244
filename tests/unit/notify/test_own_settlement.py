"""A complaint settled with its receipt: the first letters wait for what became of it, and say so, not a date."""

import pytest

from services.notify.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event
from shared.contract.events.approving import ApprovalRequested
from shared.contract.events.base import CommandRef, DutyOpened, EventData, PostAt
from shared.contract.events.casework import CommandRefused
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.ids import duty_id
from tests.support.casework import sealed_settlement
from tests.support.facts import Given, event, receipt
from tests.support.letter_case import LetterCase, content_about, settlement, told

OWN = {"submitter": "person:wu.qing", "settlement": sealed_settlement(), "complainant": None}
FIRST = [("acknowledgement", "customer"), ("written_notice", "luo.tian")]


def settled_at_receipt() -> tuple[Given, Event, Event]:
    """Notify's case of which the receipt brought its own settlement; its routing and its clock."""
    changes = {key: value for key, value in OWN.items() if key != "complainant"}
    received = event(receipt(**changes))
    routed = event(Given(ROUTING).when_event(received)[0], received.id)
    return Given(SERVICE, received), routed, event(Given(SLA).when_event(received)[0], received.id)


def refused(fingerprint: str = "f") -> CommandRefused:
    """Casework looked at the settlement of the receipt and refused it."""
    command = CommandRef(name="settle-on-the-spot", fingerprint=fingerprint)
    return CommandRefused(command=command, code="violation_not_on_the_spot")


def asked() -> ApprovalRequested:
    """It costs more than the own limit: a second person was asked."""
    request = event(refused(), "asked").id
    debtor = PostAt(unit="dongqiao", post="unit_head", person="qiu.min")
    duty = DutyOpened(
        id=duty_id(request, "approve", request), kind="approve", debtor=debtor, creditor=None, level=request
    )
    return ApprovalRequested(act="settle-on-the-spot", body={}, approvers=("qiu.min",), duties_opened=(duty,))


@pytest.mark.parametrize("clock_first", [True, False])
def test_the_first_letters_wait_for_the_settlement_and_say_it(clock_first: bool) -> None:
    """Whichever of routing, clock and settlement comes when."""
    given, routed, clock = settled_at_receipt()
    settled = event(settlement(), "settled")
    before, after = ([clock, routed], []) if clock_first else ([routed], [clock])
    assert [[] for _ in before] == [given.when_event(one) for one in before]
    letters = given.when_event(settled)

    assert FIRST == told(letters)[:2]
    assert ("settlement_notice", "customer") in told(letters)
    for place, letter in enumerate(letters):
        given.fold(event(letter, settled.id, place))
    assert [[] for _ in after] == [given.when_event(one) for one in after]


@pytest.mark.parametrize("answer", [settlement(), asked()], ids=["settled", "asked"])
def test_a_verdict_after_the_settlement_of_a_receipt_is_told_by_itself(answer: EventData) -> None:
    """The first letters are due with the answer to it, also before the clock; they may be decided already."""
    given, routed, _ = settled_at_receipt()
    found = event(EvidenceScanned(document="d", infected=True, found="Test.Mark-1"), "scanned")
    for one in (routed, event(answer, "answered")):
        given.fold(one)

    assert [("infected_file_notice", "luo.tian")] == told(given.when_event(found))


def test_the_acknowledgement_of_a_settled_complaint_names_no_date() -> None:
    """It says that it was settled; the notice to the handler too."""
    case = LetterCase(first_letters=False)
    case.happens(settlement())
    acknowledgement, notice = (content_about(case, letter) for letter in case.first)

    assert acknowledgement["settled"]
    assert notice["settled"]


@pytest.mark.parametrize("answer", [refused(), asked()], ids=["refused", "asked"])
def test_a_settlement_that_did_not_count_leaves_the_ordinary_letters(
    answer: CommandRefused | ApprovalRequested,
) -> None:
    """With the date by which the customer has the answer."""
    given, routed, clock = settled_at_receipt()
    for one in (routed, clock):
        assert [] == given.when_event(one)

    assert FIRST == told(given.when_event(event(answer, "answered")))[:2]


def test_another_command_that_is_refused_calls_for_nothing() -> None:
    """Nor does one on a case that was never received."""
    given, routed, clock = settled_at_receipt()
    given.fold(routed).fold(clock)

    assert [] == given.when_event(event(refused("another"), "other"))
    assert [] == Given(SERVICE).when_event(event(refused(), "nobody's"))
