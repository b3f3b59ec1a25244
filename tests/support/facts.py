"""Facts for unit tests: published reference data, a receipt, and given-when-then over a service."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from ops.local.reference import EXAMPLE_ORGANISATION, FROM_THE_BEGINNING, shipped
from shared.bank.in_force import governing_pack, organisation_in_force
from shared.bank.names import Names
from shared.bank.organisation import Organisation
from shared.bank.pack import Pack
from shared.bank.reference import Reference, ReferenceDocument, version_of
from shared.contract.envelope import Event, type_of
from shared.contract.events import EventData
from shared.contract.events.base import Sealed
from shared.contract.events.intake import ComplaintReceived
from shared.contract.ids import case_id, event_id
from shared.kernel.service import Context, Fact, LogTrigger, Service, Trigger

NOW = datetime.fromisoformat("2020-03-05T10:00:00+08:00")
CASE = case_id("channel:hotline", "unit-test")
SEALED = Sealed(label="matter.narrative", box="AAAA")
Body = dict[str, Any]
"""What somebody enters, by name of field; ``case.does(..., **body)`` gives it on."""


def reference(*kinds: str, organisation: str | None = None) -> Reference:
    """The shipped reference data, all kinds or only those named; another organisation if given."""
    found = Reference()
    for file in shipped(EXAMPLE_ORGANISATION):
        content = file.path.read_text(encoding="utf-8")
        if file.kind == "organisation" and organisation is not None:
            content = organisation
        if not kinds or file.kind in kinds:
            found.add(document(file.kind, file.id, content))
    return found


def document(kind: str, id_: str, content: str, published_at: datetime = FROM_THE_BEGINNING) -> ReferenceDocument:
    """A published document, in force from the beginning."""
    return ReferenceDocument(
        kind, id_, version_of(content), FROM_THE_BEGINNING, content, published_at, "person:test", "test"
    )


@lru_cache
def shipped_pack() -> Pack:
    """The policy pack that governs the example bank."""
    return governing_pack(reference(), NOW).pack


def receipt(**changes: Any) -> ComplaintReceived:
    """A telephone complaint about the lending department; ``matter`` and ``complainant`` may be changed in part."""
    matter = {"narrative": SEALED, "reason": "service_attitude", "complained_unit": "dongqiao.lending"}
    matter |= changes.pop("matter", {})
    base: dict[str, Any] = {
        "case_number": "20200305-0000000001-1",
        "channel": "phone",
        "submitter": "channel:hotline",
        "received_at": NOW,
        "received_by": {"unit": "dongqiao", "person": "wu.qing"},
        "first_received": {"at": NOW, "unit": "dongqiao"},
        "origin": {},
        "anonymous": False,
        "reachable_by": ["email"],
        "language": "zh",
        "complainant": {"email": Sealed(label="complainant.email", box="BBBB")},
        "matter": matter,
        "details": {},
        "fingerprint": "f",
    }
    return ComplaintReceived.model_validate(base | changes)


def event(data: EventData, cause: str = "cause", position: int = 0, at: datetime = NOW) -> Event:
    """The event of a fact."""
    return Event(
        id=event_id(data.producer, CASE, cause, position),
        source=f"/redress/{data.producer}",
        type=type_of(type(data).__name__, data.version),
        subject=CASE,
        time=at.isoformat(),
        recordedtime=at.isoformat(),
        causationid=cause,
        correlationid=CASE,
        basisid=None,
        actor="service:test",
        data=data.model_dump(mode="json"),
    )


class Given:
    """Given these events, when this happens, then these facts: one helper for every service."""

    def __init__(self, service: Service[Any], *events: Event, known: Reference | None = None) -> None:
        self.service = service
        self.reference = known or reference()
        self.state: Any = None
        self._ids: list[str] = []
        for one in events:
            self.fold(one)

    def placed(self, one: Event) -> Event:
        """The event with its place; without a basis it was decided on all that came before."""
        place = len(self._ids)
        basis = place - 1 if one.basisid is None else self._ids.index(one.basisid)
        return one._replace(ordinal=place, basis_ordinal=basis)

    def fold(self, one: Event) -> "Given":
        """Fold one more event."""
        placed = self.placed(one)
        self._ids.append(one.id)
        if one.name in self.service.folds:
            self.state = self.service.evolve(self.state, placed)
        return self

    def owes(self, one: Event) -> bool:
        """Whether the service owes a reaction to an event that comes now."""
        return one.name in self.service.reacts_to and self.service.owes(self.state, self.placed(one))

    def discharged(self, one: Event) -> list[str]:
        """The causes that need no answer any more once this event is folded."""
        if one.name not in self.service.folds:
            return []
        return list(self.service.discharged(self.state, self.placed(one)))

    def when(self, trigger: Trigger, now: datetime = NOW) -> Sequence[Fact]:
        """What the service decides."""
        context = Context(self.service.name, CASE, trigger.id, now, self.reference)
        return self.service.decide(self.state, trigger, context)

    def when_event(self, one: Event, now: datetime = NOW) -> list[EventData]:
        """What the service answers an event with, after folding it; empty if it owes nothing."""
        owed, placed = self.owes(one), self.placed(one)
        self.fold(one)
        return [fact.data for fact in self.when(LogTrigger(placed), now)] if owed else []


def names() -> Names:
    """What the example bank's people and units are called."""
    return Names(organisation())


def organisation() -> Organisation:
    """The example bank."""
    return organisation_in_force(reference("organisation"), NOW).organisation
