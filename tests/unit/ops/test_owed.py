"""What this code would owe on a log, told before it is deployed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

from ops.verify.owed import Outlook, Owed, outlook_of
from ops.verify.services import SERVICES
from services.routing.decisions import SERVICE as ROUTING
from shared.contract.envelope import Event, outgoing
from shared.contract.records import Record
from tests.support.facts import NOW, event, receipt

RECORDED = NOW.isoformat()


async def records(*events: Event) -> AsyncIterator[Record]:
    """A log of them."""
    for at, row in enumerate(map(outgoing, events)):
        yield Record(0, at, row.key, row.value, dict(row.headers))


async def test_what_nobody_has_answered_is_owed_by_service_and_type() -> None:
    """A receipt alone: it is to be routed, and its clock to be started; letters follow from these two."""
    found = await outlook_of(records(event(receipt())), SERVICES)

    assert (
        Outlook(
            1,
            [Owed("routing", "ComplaintReceived", 1, 1, RECORDED), Owed("sla", "ComplaintReceived", 1, 1, RECORDED)],
            {},
        )
        == found
    )


async def test_what_is_recorded_before_a_reaction_begins_is_not_owed() -> None:
    """``since`` keeps a new reaction from answering years of the past overnight."""
    later = {"ComplaintReceived": NOW + timedelta(seconds=1)}
    routing = replace(ROUTING, reacts_to=later)

    assert Outlook(1, [], {}) == await outlook_of(records(event(receipt())), [routing])


async def test_a_case_that_the_code_cannot_read_is_told() -> None:
    """Its services would block it; nothing else is said of it."""
    unknown = event(receipt())._replace(type="redress.ComplaintReceived.v99")

    assert Outlook(1, [], dict.fromkeys(("routing", "casework", "sla", "notify"), 1)) == await outlook_of(
        records(unknown), SERVICES
    )
