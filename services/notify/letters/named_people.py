"""People are named on receipts and where who speaks on a case changes; the last that was said counts. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shared.case.corrections import CORRECTED, contact
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.intake import ComplaintReceived, ReceiptAdded, SealedComplainant
from shared.contract.events.speakers import RepresentativeChanged

RECEIPTS = (ComplaintReceived.__name__, ReceiptAdded.__name__)


def customer_of(events: Sequence[Event]) -> SealedComplainant:
    """The customer as the receipts name and reach him, as it was said or corrected last."""
    return SealedComplainant.model_validate(contact(_first(events), events) or {})


def customers_phone(events: Sequence[Event]) -> Sealed | None:
    """The customer's own telephone, as it was said or corrected last; nobody's who speaks for him."""
    first = _first(events)
    proxys = _spoken_for(first)
    own = (e for e in events if not _spoken_for(e.data) and not (proxys and e.name == CORRECTED))
    return SealedComplainant.model_validate(contact({} if proxys else first, own) or {}).phone


def addressed(events: Iterable[Event], address: str) -> Iterator[SealedComplainant]:
    """Whoever speaks on a case and has an address, by its box; the last that was told first."""
    for event in reversed(list(events)):
        data, people = event.data, list[Any]()
        if event.name in RECEIPTS:
            people = [data["complainant"], *((data["group"] or {}).get("representatives") or ())]
        elif event.name == RepresentativeChanged.__name__:
            people = [data["proxy"], *data["added"]]
        for one in people:
            if one is not None and address in {(one[way] or {}).get("box") for way in ("email", "address")}:
                yield SealedComplainant.model_validate({"name": one["name"], "title": one.get("title")})


def _first(events: Iterable[Event]) -> dict[str, Any]:
    """The receipt by which the case began; empty where there is none, as on the file of an opinion box."""
    return next((event.data for event in events if event.name == ComplaintReceived.__name__), {})


def _spoken_for(receipt: dict[str, Any]) -> bool:
    """Whether somebody spoke for the customer in a receipt."""
    return bool((receipt.get("complainant") or {}).get("on_behalf_of"))
