"""An act tells a decision what a person does on a case, and states what follows from it as an event.

An act comes by a command, or with the receipt that says the matter was settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from services.casework import said_times
from services.casework.bad_content import AttemptsMissing, InvalidCommand, UnknownPerson, UnknownUnit
from services.casework.bad_state import AuthorityUnproved
from services.casework.bad_times import BeforeWhatItAnswers
from services.casework.event_parts import ended
from services.casework.refusals import PartyConcerned
from services.casework.rights import Rights
from services.casework.sides import DEBTOR, SideName
from services.casework.state import CaseworkState
from services.casework.waiting_acts import Asked
from shared.bank.in_force import bank_calendar
from shared.bank.organisation import Organisation
from shared.bank.posts_held import NO_POST, post_held
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import ANSWER, APPROVE, KINDS, UNTIL_ANSWERED
from shared.contract.bodies import Shape
from shared.contract.channels import ANSWERED_IN_BOOK
from shared.contract.events.base import CaseworkEvent, CommandRef, DutyEnded, DutyOpened, PostAt, is_sealed
from shared.contract.ids import duty_id
from shared.contract.settlement_bodies import NEEDS_ATTEMPTS
from shared.kernel.service import Context, Fact


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval makes an act count: who grants it, and the duty that is fulfilled by granting."""

    person: str
    duty: str


@dataclass(frozen=True, slots=True)
class Act:
    """An act says who does what on which case, when and in which part; ``body`` has the shape ``shape``.

    ``command`` is None where the receipt said it. ``approval`` is None where no second person has approved the act.
    """

    state: CaseworkState
    rights: Rights
    context: Context
    command: CommandRef | None
    actor: str
    person: str
    shape: type[Shape]
    body: Mapping[str, Any]
    at: datetime
    side: SideName
    acted_for: str | None = None
    approval: "Approval | None" = None

    @property
    def core(self) -> CaseCore:
        """The case as every service knows it."""
        return self.state.core

    @property
    def organisation(self) -> Organisation:
        """The bank as it is now."""
        return self.rights.organisation

    @property
    def approver(self) -> str:
        """Who approves it. While it is only asked for, the actor: that fact is judged, and never recorded."""
        return self.approval.person if self.approval else self.person

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

    @property
    def nobody_to_answer(self) -> bool:
        """Whether there is no customer who could be answered, nor a book to answer in."""
        return not self.core.customer_known and self.core.channel not in ANSWERED_IN_BOOK

    def unanswered(self) -> list[Asked]:
        """The requests for a second person that somebody still owes an answer to."""
        owed = {duty.id for duty in self.core.open_duties(APPROVE)}
        return [asked for asked in self.state.asked if asked.duty in owed]

    def on_side(self, *names: SideName) -> bool:
        """Tell whether the actor is on one of these sides, in whatever part he acts."""
        return any(self.person in self.rights.side(name).members for name in names)

    def as_debtor_of(self, duty: Duty) -> "Act":
        """The act of the debtor of a duty, or of a superior for him. Raises NotEntitled."""
        part = self.rights.first_of(self.person, [self.rights.owed_by(duty)])
        return replace(self, side=DEBTOR, acted_for=part.acted_for)

    @property
    def event_id(self) -> str:
        """The id of the fact of this act: the first that answers the command; of an approved act the second."""
        return self.context.event_id(0 if self.approval is None else 1)

    # -- what is said ------------------------------------------------------------------------------------

    @property
    def proof(self) -> Any:
        """The proof given, sealed; None if there is none."""
        return self.body.get("proof")

    def day(self, name: str) -> date:
        """A day of the body. Raises InvalidCommand."""
        return said_times.day(self.body.get(name), f"/{name}")

    def bank_date(self) -> date:
        """The bank's date when this happened."""
        return self.organisation.day.date_of(self.at)

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

    def check_authority(self) -> None:
        """Refuse to tell anything to somebody who has not proved that he speaks for the customer.

        Who sent in what is no complaint is told so all the same. Raises AuthorityUnproved.
        """
        speakers = self.core.speakers
        if speakers is not None and speakers.only_unproved and not self.core.did("CaseNotAccepted"):
            raise AuthorityUnproved

    def check_attempts(self, satisfaction: Mapping[str, Any], pointer: str = "") -> None:
        """Refuse a customer who was not reached and never tried. Raises AttemptsMissing."""
        if satisfaction.get("value") in NEEDS_ATTEMPTS and not satisfaction.get("attempts"):
            raise AttemptsMissing(f"{pointer}/attempts")

    def check_copies(self) -> None:
        """Refuse copies to anybody but units, and people on duty who are not concerned.

        Raises:
            UnknownUnit, PartyConcerned
        """
        copies: Any = self.body.get("copy_to") or ()
        for position, copy in enumerate(copies):
            if copy not in self.organisation.units and not self.rights.on_duty(copy):
                raise UnknownUnit(f"/copy_to/{position}")
            if copy in self.rights.parties:
                raise PartyConcerned(f"/copy_to/{position}")

    # -- what follows ------------------------------------------------------------------------------------

    def discharges(self, *kinds: str) -> tuple[DutyEnded, ...]:
        """The ends of the open duties of these kinds, discharged."""
        return tuple(ended(duty, "discharged") for duty in self.core.open_duties(*kinds))

    def discharges_all(self, by: type[CaseworkEvent]) -> tuple[DutyEnded, ...]:
        """The ends of all open duties that a fact of this type can discharge (``shared.case.duty_kinds``).

        With the answer to the customer, what is only owed until then is let go.
        """
        kinds = {kind for kind, found in KINDS.items() if by.__name__ in found.discharged_by}
        done = tuple(ended(duty, "discharged") for duty in self.core.open_duties() if duty.terms.kind in kinds)
        if not any(end.kind == ANSWER for end in done):
            return done
        return (*done, *(ended(duty, "waived", "answered") for duty in self.core.open_duties(*UNTIL_ANSWERED)))

    def working_days_on(self, days: int) -> date:
        """The working day so many after the act's. Raises NotYet: no calendar is published."""
        return bank_calendar(self.context.reference, self.context.now).calendar.nth_after(self.bank_date(), days)

    def opens(
        self,
        kind: str,
        debtor: PostAt,
        creditor: PostAt | str | None,
        waived: str | None = None,
        done: str | None = None,
        level: str | None = None,
    ) -> DutyOpened:
        """Open a duty by the fact of this act; or record it as waived, or done by it, for a reason."""
        event = self.event_id
        state = "waived" if waived else "discharged" if done else "open"
        return DutyOpened.model_validate(
            {"id": duty_id(event, kind, level), "kind": kind, "debtor": debtor, "creditor": creditor, "level": level,
             "state": state, "reason": waived or done, "ended_by": event if done else None}
        )  # fmt: skip

    def post_of(self, place: Place) -> PostAt:
        """Name a place as the debtor of a duty, by the post he holds there; a handler without one as what he is."""
        post = place.post or post_held(self.organisation, place.unit, place.person, self.rights.on)
        return PostAt(unit=place.unit, post=post or NO_POST, person=place.person)

    def check_times(self) -> None:
        """Hold every time of the body against its bounds (``said_times.check_bounds``).

        Raises:
            InvalidCommand, TimeAhead, BeforeReceipt, TimeTooFar, TimePast
        """
        day = self.organisation.day
        said_times.check_bounds(self.shape, self.body, self.at, self.state.since, self.context.now, day)

    def check_not_before(self, at: float, what: str) -> None:
        """Refuse what is said to have happened before the fact that it carries out. Raises BeforeWhatItAnswers."""
        if self.at.timestamp() < at - said_times.FUTURE_TOLERANCE.total_seconds():
            raise BeforeWhatItAnswers("/at", about=(what,))

    def fact(
        self,
        shape: type[CaseworkEvent],
        ended: Sequence[DutyEnded] = (),
        opened: Sequence[DutyOpened] = (),
        **data: Any,
    ) -> Fact:
        """State the act as an event, once its body's times are within their bounds (``check_times``).

        Raises:
            InvalidCommand, TimeAhead, BeforeReceipt, TimeTooFar, TimePast
        """
        self.check_times()
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
        """Pick fields of the body that go into the event as they are; those left out keep the event's default."""
        return {name: self.body[name] for name in names if self.body.get(name) is not None}

    def sealed(self, *names: str) -> dict[str, Any]:
        """Pick fields of the body that are sealed although nobody types them.

        Raises:
            InvalidCommand: one came in the clear, by an API of before; no decision has a key to seal it.
        """
        clear = [name for name in names if not is_sealed(self.body.get(name))]
        if clear:
            raise InvalidCommand(*(f"/{name}" for name in clear))
        return {name: self.body[name] for name in names}
