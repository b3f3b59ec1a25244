"""Who speaks on a case is changed by receipts, their corrections, and what becomes of an authority. Pure."""

from collections.abc import Callable

from shared.case import speakers as who
from shared.case.duties import CountingActs
from shared.case.late_timers import AUTHORITY_ENDED
from shared.case.speakers import NewProxy, Speakers
from shared.contract.envelope import Event
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ReceiptAddedData
from shared.contract.events.stored.routing import DutiesAddedData
from shared.contract.events.stored.speakers import AuthorityCheckedData, RepresentativeChangedData

ON_AUTHORITY = ("AuthorityChecked", "RepresentativeChanged")
Branch = Callable[[Speakers | None, Event, bool, CountingActs], Speakers | None]


def evolve(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    """Who speaks after an event of ``BRANCHES``; None where it is just the customer, or nobody.

    ``himself``: whether the customer has spoken himself, where ``speakers`` is None. ``acts``: what counts on the case.
    """
    return BRANCHES[event.name](speakers, event, himself, acts)


def _receipt_added(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    data: ReceiptAddedData = event.data
    return who.speakers_added(speakers, himself, data["complainant"], data["group"])


def _receipt_corrected(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    data: ReceiptCorrectedData = event.data
    value = data["value"]
    if speakers is None or isinstance(value, str | int):
        return speakers
    return who.proxy_corrected(speakers, data["pointer"], value)


def _authority_checked(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    data: AuthorityCheckedData = event.data
    return who.authority_checked(speakers, data["authority"], data["until"], data["ends_at"])


def _duties_added(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    """An authority that has run out is only claimed again, unless somebody looked at it anew meanwhile."""
    data: DutiesAddedData = event.data
    anew = any(at > event.basis_ordinal for name, at in acts if name in ON_AUTHORITY)
    return speakers if data["reason"] != AUTHORITY_ENDED or anew else who.authority_ended(speakers)


def _others_speak(speakers: Speakers | None, event: Event, himself: bool, acts: CountingActs) -> Speakers | None:
    data: RepresentativeChangedData = event.data
    person, relation, authority = data["proxy"], data["relation"], data["authority"]
    proxy = NewProxy(person, relation, authority) if person and relation and authority else None
    before = speakers or Speakers(himself=himself)
    return who.representative_changed(before, data["removed"], data["added"], proxy)


BRANCHES: dict[str, Branch] = {
    "ReceiptAdded": _receipt_added,
    "ReceiptCorrected": _receipt_corrected,
    "AuthorityChecked": _authority_checked,
    "DutiesAdded": _duties_added,
    "RepresentativeChanged": _others_speak,
}
"""The events that change who speaks, and how."""
