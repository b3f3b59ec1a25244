"""To whom a letter goes and by which way, or why it deliberately does not go (contract 3). Pure."""

from datetime import time
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from services.notify.letters.kinds import KINDS
from services.notify.state import NotifyState
from shared.bank.ladder import parties_concerned
from shared.bank.organisation_file import parse_organisation
from shared.case.duties import Place
from shared.contract.events.base import Sealed, Versioned
from shared.contract.events.notify import (
    CustomerRecipient,
    MessageKind,
    MessageSendStarted,
    MessageSuppressed,
    StaffRecipient,
    UnitRecipient,
    Way,
)
from shared.contract.ids import message_id
from shared.kernel.service import Context

BANK_LANGUAGE = "zh"
QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""Between these nothing but the acknowledgement goes to a customer, by the bank's clock (contract 3)."""
OFFICES = ("general_office", "complaint_post")
"""The posts that read a unit's letters, the first that is filled (article 4: copied to related units)."""

Why = Literal[
    "withdrawn", "anonymous", "not_reachable_by_email", "not_reachable_in_writing", "quiet_hours", "nobody_to_tell",
    "party_concerned", "no_email", "no_longer_needed", "already_told",
]  # fmt: skip
"""Why a letter that is due is deliberately not sent."""
Outcome = MessageSendStarted | MessageSuppressed


class Addressing:
    """Letters on one case, about one fact, at one instant. Every call answers with a letter or with a reason."""

    def __init__(self, state: NotifyState, about: str, context: Context) -> None:
        self.state = state
        self.about = about
        self.context = context
        document = context.reference.in_force("organisation", "bank", context.now)
        self.organisation = context.reference.parsed(document, parse_organisation)
        self.organisation_version = Versioned(id="bank", version=document.version)
        self._local = context.now.astimezone(ZoneInfo(self.organisation.bank.timezone))

    @cached_property
    def concerned(self) -> frozenset[str]:
        """Who gets no letter on the case: the parties concerned, and whom those of them head (article 3)."""
        return parties_concerned(self.organisation, self.state.core.parties)

    # -- to the customer -----------------------------------------------------------------------------

    def to_customer(self, kind: MessageKind) -> Outcome:
        """A letter to the customer: by e-mail, or some kinds on paper where there is no e-mail."""
        duty, reach = self._duty(kind, None), self.state.reach
        if why := self._not_to_customer(kind):
            return self._suppressed(kind, duty, why, None)
        if reach is None:
            raise AssertionError("who cannot be reached has been passed over")
        recipient = CustomerRecipient(address=Sealed(label=reach.label, box=self.state.box))
        return self._started(kind, duty, recipient, reach.way, self.state.language)

    def _not_to_customer(self, kind: MessageKind) -> Why | None:
        core, way = self.state.core, self.state.reach.way if self.state.reach else None
        if core.did("CaseWithdrawn"):
            return "withdrawn"
        if KINDS[kind].on_paper and way is None:
            return "not_reachable_in_writing"
        if not KINDS[kind].on_paper and way != "email":
            return "anonymous" if core.anonymous else "not_reachable_by_email"
        if kind != "acknowledgement" and not QUIET_UNTIL <= self._local.time() < QUIET_FROM:
            return "quiet_hours"
        return None

    # -- to the bank's people ------------------------------------------------------------------------

    def to_person(self, place: Place | None, kind: MessageKind, duty: str | None = None) -> Outcome:
        """A letter to somebody of the bank at the address of the organisation file. ``duty``: which one it is about."""
        duty = duty or self._duty(kind, place)
        if place is None or place.person is None:
            return self._suppressed(kind, duty, "nobody_to_tell", None)
        recipient = StaffRecipient(person=place.person, unit=place.unit)
        if why := self._not_to_person(place.person, kind):
            return self._suppressed(kind, duty, why, recipient)
        return self._started(kind, duty, recipient, "email", BANK_LANGUAGE)

    def _not_to_person(self, person: str, kind: MessageKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and kind != "duty_chaser":
            return "withdrawn"
        if person in self.concerned:
            return "party_concerned"
        return "no_email" if self.organisation.people[person].email is None else None

    def to_unit(self, unit: str, kind: MessageKind) -> Outcome:
        """A letter to a unit: to who holds its office and can be written to, else to its mailbox."""
        for post in OFFICES:
            place = self.holder(unit, post)
            if place is not None and place.person and self.organisation.people[place.person].email:
                return self.to_person(place, kind)
        recipient = UnitRecipient(unit=unit)
        if why := self._not_to_mailbox(unit):
            return self._suppressed(kind, None, why, recipient)
        return self._started(kind, None, recipient, "email", BANK_LANGUAGE)

    def _not_to_mailbox(self, unit: str) -> Why | None:
        """Whoever heads a unit reads its mailbox."""
        if self.state.core.did("CaseWithdrawn"):
            return "withdrawn"
        if self.concerned.intersection(self._people_in(unit, self.organisation.head_post(unit))):
            return "party_concerned"
        return "no_email" if self.organisation.units[unit].email is None else None

    def holder(self, unit: str, post: str) -> Place | None:
        """Who holds a post of this very unit today and is not a party concerned."""
        found = next((person for person in self._people_in(unit, post) if person not in self.concerned), None)
        return Place(unit, None, found) if found is not None else None

    @property
    def accepting(self) -> Place | None:
        """Who accepts the case."""
        return self.holding(self.state.core.accepting) if self.state.core.accepting else None

    def holding(self, place: Place) -> Place:
        """The person of a place; who holds its post now, where nobody was named."""
        if place.person is not None or place.post is None:
            return place
        return self.holder_above(place.unit, place.post) or place

    def office_above(self, unit: str) -> Place | None:
        """The office of the unit above one; the top unit is its own superior."""
        return self.holder_above(self.organisation.units[unit].parent or unit, "general_office")

    def holder_above(self, unit: str, post: str) -> Place | None:
        """The same, in this unit or the nearest above it that has one."""
        holders = (self.holder(above, post) for above in self.organisation.units_with(unit, post))
        return next((place for place in holders if place is not None), None)

    def _people_in(self, unit: str, post: str) -> tuple[str, ...]:
        return self.organisation.people_in(unit, post, self._local.date())

    def never(self, kind: MessageKind, why: Why) -> MessageSuppressed:
        """A letter of a kind that is never sent."""
        return MessageSuppressed(kind=kind, duty_id=None, why=why, message_id=None, recipient=None)

    # -- letters -------------------------------------------------------------------------------------

    def _duty(self, kind: MessageKind, to: Place | None) -> str | None:
        """The open duty that this letter is to end: one of its kind, for notices the one towards who gets it."""
        ends = KINDS[kind].ends
        duties = self.state.core.open_duties(ends) if ends else []
        return next((d.id for d in duties if to is None or towards(d.terms.creditor, to)), None)

    def _started(
        self,
        kind: MessageKind,
        duty: str | None,
        recipient: StaffRecipient | UnitRecipient | CustomerRecipient,
        way: Way,
        language: str,
    ) -> MessageSendStarted:
        template = self.context.reference.in_force("template", f"{kind}.{language}", self.context.now)
        id_ = self._message_id(kind, recipient)
        return MessageSendStarted(
            message_id=id_,
            kind=kind,
            duty_id=duty,
            about=self.about,
            recipient=recipient,
            way=way,
            language="en" if language == "en" else "zh",
            template=Versioned(id=template.id, version=template.version),
            organisation=self.organisation_version,
            smtp_message_id=f"<{id_}@{self.organisation.bank.id}.redress>" if way == "email" else None,
        )

    def _suppressed(
        self, kind: MessageKind, duty: str | None, why: Why, recipient: StaffRecipient | UnitRecipient | None
    ) -> MessageSuppressed:
        known = recipient is not None or KINDS[kind].to_customer
        id_ = self._message_id(kind, recipient) if known else None
        return MessageSuppressed(kind=kind, duty_id=duty, why=why, message_id=id_, recipient=recipient)

    def _message_id(self, kind: str, recipient: StaffRecipient | UnitRecipient | CustomerRecipient | None) -> str:
        match recipient:
            case StaffRecipient():
                name = recipient.person
            case UnitRecipient():
                name = recipient.unit
            case _:
                name = "customer"
        return message_id(self.context.causation_id, kind, name)


def towards(creditor: Place | str | None, to: Place) -> bool:
    """Whether a duty is owed to somebody in person."""
    return isinstance(creditor, Place) and creditor.person == to.person
