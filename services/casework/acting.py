"""One person's act on one case: what the decisions look at, and how they state what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.casework import act_times as times
from services.casework.bad_content import InvalidCommand, UnknownPerson, UnknownUnit
from services.casework.refusals import PartyConcerned
from services.casework.rights import DEBTOR, Rights
from services.casework.state import CaseworkState
from shared.bank.organisation import Organisation
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.contract.events.base import DutyEnded, DutyOpened, PersonAt, PostAt
from shared.contract.events.casework import CaseworkEvent, CommandRef
from shared.contract.ids import duty_id
from shared.kernel.service import Context, Fact


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what on which case, when, in which part. ``command`` is None where the receipt said it.

    ``person`` is None where a channel system speaks, which only a receipt can.
    """

    state: CaseworkState
    rights: Rights
    context: Context
    command: CommandRef | None
    actor: str
    person: str | None
    body: Mapping[str, Any]
    at: datetime
    side: str
    acted_for: str | None = None

    @property
    def core(self) -> CaseCore:
        """The case as every service knows it."""
        return self.state.core

    @property
    def organisation(self) -> Organisation:
        """The bank as it is now."""
        return self.rights.organisation

    # -- what the case has -------------------------------------------------------------------------------

    @property
    def handler(self) -> Place:
        """The handler; whoever acts in the handler's part knows that there is one."""
        if self.core.handler is None:
            raise ValueError("nobody handles this case")
        return self.core.handler

    @property
    def accepting(self) -> Place:
        """The accepting post; nothing is decided before it is known."""
        if self.core.accepting is None:
            raise ValueError("nobody accepts this case")
        return self.core.accepting

    def on_side(self, *names: str) -> bool:
        """Whether the actor is on one of these sides, in whatever part he acts."""
        return any(self.person in self.rights.side(name).members for name in names)

    def as_debtor_of(self, duty: Duty) -> "Act":
        """The act of the debtor of a duty, or of a superior for him. Raises NotEntitled."""
        if self.person is None:
            raise ValueError("a channel system owes nothing")
        part = self.rights.first_of(self.person, [self.rights.owed_by(duty)])
        return replace(self, side=DEBTOR, acted_for=part.acted_for)

    # -- what is said ------------------------------------------------------------------------------------

    @property
    def proof(self) -> Any:
        """The proof given, sealed; None if there is none."""
        return self.body.get("proof")

    def instant(self, name: str) -> datetime:
        """A time of the body. Raises InvalidCommand."""
        return times.instant(self.body.get(name), f"/{name}")

    def checked_instant(self, name: str) -> datetime:
        """A time at which something happened. Raises TimeAhead, BeforeReceipt, InvalidCommand."""
        found = self.instant(name)
        times.check(found, f"/{name}", self.state, self.context.now)
        return found

    def known_unit(self, name: str) -> str:
        """A unit of the organisation. Raises UnknownUnit."""
        unit = self.body.get(name)
        if unit not in self.organisation.units:
            raise UnknownUnit(f"/{name}")
        return str(unit)

    def known_person(self, name: str = "person") -> str:
        """Somebody on duty. Raises UnknownPerson."""
        person = self.body.get(name)
        if not isinstance(person, str) or not self.rights.on_duty(person):
            raise UnknownPerson(f"/{name}")
        return person

    def free_person(self) -> str:
        """Somebody on duty who is not concerned. Raises UnknownPerson, PartyConcerned."""
        person = self.known_person()
        if person in self.rights.parties:
            raise PartyConcerned("/person")
        return person

    # -- what follows ------------------------------------------------------------------------------------

    def ends(self, *kinds: str) -> tuple[DutyEnded, ...]:
        """The open duties of these kinds, discharged."""
        return tuple(ended(duty, "discharged") for duty in self.core.open_duties(*kinds))

    def opens(
        self,
        kind: str,
        debtor: PostAt,
        creditor: PostAt | str | None,
        waived: str | None = None,
        level: str | None = None,
    ) -> DutyOpened:
        """A duty that the first fact of this act opens, or records as waived from the start for a reason."""
        id_ = duty_id(self.context.event_id(), kind, level)
        state = "open" if waived is None else "waived"
        return DutyOpened.model_validate(
            {"id": id_, "kind": kind, "debtor": debtor, "creditor": creditor, "level": level, "state": state,
             "reason": waived}
        )  # fmt: skip

    def post_of(self, place: Place) -> PostAt:
        """A place as the debtor of a duty. A handler who does not head the unit is named as what he is."""
        head = self.organisation.head_post(place.unit)
        heads = place.person in self.organisation.people_in(place.unit, head, self.rights.on)
        return PostAt(unit=place.unit, post=place.post or (head if heads else "handler"), person=place.person)

    def fact(
        self,
        shape: type[CaseworkEvent],
        ended: Sequence[DutyEnded] = (),
        opened: Sequence[DutyOpened] = (),
        **data: Any,
    ) -> Fact:
        """The act as an event. Raises InvalidCommand where the body does not have the event's shape."""
        common = {
            "command": self.command,
            "acted_for": self.acted_for,
            "proof": self.proof,
            "duties_ended": tuple(ended),
            "duties_opened": tuple(opened),
        }
        try:
            event = shape.model_validate(common | data)
        except ValidationError as error:
            raise InvalidCommand(*("/" + "/".join(map(str, fault["loc"])) for fault in error.errors())) from error
        return Fact(event, happened_at=self.at, actor=self.actor)

    def said(self, *names: str) -> dict[str, Any]:
        """Fields of the body that go into the event as they are; those left out keep the event's default."""
        return {name: self.body[name] for name in names if self.body.get(name) is not None}


def ended(duty: Duty, state: str, reason: str | None = None) -> DutyEnded:
    """A duty's end."""
    return DutyEnded.model_validate({"id": duty.id, "kind": duty.terms.kind, "state": state, "reason": reason})


def person_at(place: Place) -> PersonAt:
    """A place as a person of a unit."""
    return PersonAt(unit=place.unit, person=place.person)


def again(place: Place | str | None) -> PostAt | str | None:
    """A creditor as duties name it."""
    if not isinstance(place, Place):
        return place
    return PostAt(unit=place.unit, post=place.post or "handler", person=place.person)
