"""Addressing says to whom a letter goes and by which way, or why it deliberately does not go (contract 3). Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import assert_never

from services.notify.customers import (
    NOBODY,
    Line,
    line_of,
    lines,
    main_line,
    preferred,
    reader_on,
)
from services.notify.letters.box_file import KEEPER
from services.notify.letters.kind import BANK_LANGUAGE, Addressee, LetterKind, Why
from services.notify.letters.let_go import ONLY_WHO_WAS_TOLD, let_go
from services.notify.letters.new_duties import newly_owed
from services.notify.letters.outcome_letters import NOT_ACCEPTED_NOTICE
from services.notify.message_facts import MessageFacts, Outcome
from services.notify.people import PostHolders
from services.notify.state import Message, NotifyState
from shared.bank.in_force import organisation_in_force
from shared.case.duties import Duty, Place, place_of
from shared.case.duty_kinds import REPORT_UP, SURVIVE_WITHDRAWAL
from shared.case.folding.duties import opened_by
from shared.case.second_looks import REVIEW
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.notify import (
    CustomerRecipient,
    MessageFailed,
    MessageSuppressed,
    Recipient,
    StaffRecipient,
    UnitRecipient,
    Way,
)
from shared.contract.subjects import person_of
from shared.kernel.service import Context

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
"""Between these nothing but the acknowledgement goes to a customer, by the bank's clock (contract 3)."""
NOWHERE = Sealed(label="gone", box="")
"""In place of the address of somebody who speaks no longer."""
NOT_THE_COMPLAINANT = "not_the_complainant"
"""The ground of which whoever complained is told, whatever is proved."""
UNREACHED = frozenset({"nobody_to_tell", "party_concerned", "left", "no_email"})
"""Why a letter reaches nobody although somebody ought to be told."""
PRESIDENT_OFFICE = "president_office"
OFFICES = ("general_office", "complaint_post")
"""The posts that read a unit's letters, the first that is filled (article 4: copied to related units)."""


def _reaches_nobody(letter: Outcome) -> bool:
    return isinstance(letter, MessageSuppressed) and letter.why in UNREACHED


class Addressing:
    """Addresses letters on one case, about one fact, at one instant: each is started, or suppressed with its reason."""

    def __init__(self, state: NotifyState, cause: Event, context: Context, id_: str | None = None) -> None:
        self.state = state
        self.cause = cause
        self.now = context.now
        bank = organisation_in_force(context.reference, context.now)
        self.organisation = bank.organisation
        self._local = self.organisation.day.local(context.now)
        self.facts = MessageFacts(state.core, cause, context, bank, id_)
        self.holders = PostHolders(self.organisation, state.core.parties, self._local.date())

    def letters(self, kind: LetterKind) -> Iterator[Outcome]:
        """The letters of a kind: to each of its addressees one, and that nobody is to be told only once."""
        told: set[str | None] = set()
        for addressee in kind.to:
            for letter in self._letters_to(addressee, kind):
                if letter.message_id not in told:  # which is made of its reader
                    yield letter
                told.add(letter.message_id)

    def instead_of(self, letters: Sequence[Outcome], kind: LetterKind) -> Iterator[Outcome]:
        """Where none of the letters of an alarm reaches anybody: one to the office of the accepting unit or above."""
        accepting = self.state.core.accepting
        if kind.reaches_somebody and accepting is not None and all(_reaches_nobody(letter) for letter in letters):
            yield self._office_from(accepting.unit, kind)

    def _office_from(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit, or to the nearest above it where there is somebody to read it."""
        letters = [self.to_unit(above.id, kind) for above in self.organisation.upward(unit)]
        return next((letter for letter in letters if not _reaches_nobody(letter)), letters[0])

    def _letters_to(self, addressee: Addressee, kind: LetterKind) -> Iterator[Outcome]:
        match addressee:
            case Addressee.CUSTOMER | Addressee.PROXY:
                yield from (self.on_line(line, kind) for line in self._lines(kind))
            case Addressee.COPIES:
                for copy in (self.cause.data.get("settlement") or self.cause.data).get("copy_to", ()):
                    yield self._copy_to(copy, kind)
            case Addressee.ALARMED:
                unit = self.organisation.units[self.cause.data["unit"]]
                yield self._office_from(unit.parent or unit.id, kind)
            case Addressee.FORMER_DEBTORS:
                yield from (self.to_person(place, kind) for place in self.freed())
            case Addressee.NEW_DEBTORS:
                owing = self.owing(newly_owed(self.state.core, self.cause))
                yield from (self.to_person(place, kind) for place in owing)
            case _:
                for place in self._places(addressee):
                    yield self.to_person(place, kind)

    def given_up(self, message: Message, kind: LetterKind) -> MessageFailed:
        """A letter on its way that is tried no more: to whom it was to go, and by which way."""
        to = message.to if message.to is not None and message.to.unit else None
        duty = self.facts.duty(kind, to)
        if to is not None:
            person, unit = to.person, to.unit
            recipient: Recipient = StaffRecipient(person=person, unit=unit) if person else UnitRecipient(unit=unit)
            way = self._way_to(person) if person else "email"
            return self.facts.given_up(kind, message.message_id, duty, recipient, way)
        line = self._preferred(line_of(self.state, kind, message.to) or NOBODY, kind)
        recipient = CustomerRecipient(address=line.sealed if line.address else NOWHERE)
        return self.facts.given_up(kind, message.message_id, duty, recipient, line.way or "email")

    # -- to the customer -----------------------------------------------------------------------------

    def to_customer(self, kind: LetterKind, to: Place | None = None) -> Outcome:
        """A letter to the customer once more, or to the representative that it was for, if he still is one."""
        line = line_of(self.state, kind, to)
        if line is None:
            return self.facts.not_to_customer(kind, self.facts.duty(kind, None), "no_longer_speaks", None)
        return self.on_line(self._preferred(line, kind), kind)

    def _lines(self, kind: LetterKind) -> Iterator[Line]:
        return lines(self.state, kind, texts=self._texts)

    def _preferred(self, line: Line, kind: LetterKind) -> Line:
        return preferred(self.state, line, kind, texts=self._texts)

    @property
    def _texts(self) -> bool:
        """Whether the bank sends text messages."""
        return self.organisation.bank.sms_signature is not None

    def on_line(self, line: Line, kind: LetterKind) -> Outcome:
        """A letter on one line to the customer: by e-mail; where there is none, some as a text message or on paper."""
        duty, reader = self.facts.duty(kind, None), reader_on(line)
        if (why := self._not_on(line, kind)) or line.way is None:
            why = why or "not_reachable_in_writing"
            return self.facts.not_to_customer(kind, duty, why, self.held_until(why), reader)
        recipient = CustomerRecipient(address=line.sealed)
        return self.facts.started(kind, duty, recipient, line.way, self.state.language, reader)

    def held_until(self, why: Why) -> datetime | None:
        """Until when a letter is held that may not leave for this reason; None where it never will."""
        if why != "quiet_hours":
            return None
        morning = self._local.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
        return morning if self._local < morning else morning + timedelta(days=1)

    def not_to(self, recipient: Recipient, kind: LetterKind) -> Why | None:
        """Why a letter does not go to somebody, as things are now; None where it may."""
        match recipient:
            case CustomerRecipient(address=address):
                return self._not_to_customer(address, kind)
            case StaffRecipient(person=person):
                return self._not_to_person(person, kind)
            case UnitRecipient(unit=unit):
                return self._not_to_mailbox(unit, kind)
            case _:
                assert_never(recipient)

    def _not_to_customer(self, address: Sealed, kind: LetterKind) -> Why | None:
        """Why a letter does not go to an address of the customer's, or of who speaks on the case, as things are now."""
        there = list(self._lines(kind))
        line = next((one for one in there if one.address is not None and one.address.box == address.box), None)
        if line is not None:
            return self._not_on(line, kind)
        if self.state.core.speakers is not None:
            return "no_longer_speaks"
        return self._not_on(self._preferred(main_line(self.state), kind), kind)

    def _not_on(self, line: Line, kind: LetterKind) -> Why | None:
        core, way = self.state.core, line.way
        if core.did("CaseWithdrawn"):
            return "withdrawn"
        if kind.on_paper and way is None:
            return "not_reachable_in_writing"
        if not kind.on_paper and way not in ("email", "sms"):
            return "anonymous" if core.anonymous else "not_reachable_by_email"
        if line.why is not None and not self._tells_sender(kind):
            return line.why
        if not kind.at_night and not QUIET_UNTIL <= self._local.time() < QUIET_FROM:
            return "quiet_hours"
        return None

    def _tells_sender(self, kind: LetterKind) -> bool:
        """Whether a letter tells who complained that he is not the complainant: there is nobody else to tell.

        One that was held for the night alone was to be told so, too.
        """
        said, held_for = self.cause.data.get("ground"), self.cause.data.get("held_for")
        return kind.name == NOT_ACCEPTED_NOTICE.name and (said == NOT_THE_COMPLAINANT or held_for == "quiet_hours")

    def _copy_to(self, copy: str, kind: LetterKind) -> Outcome:
        """A copy to a unit, or to somebody who is named himself."""
        person = self.organisation.people.get(copy)
        if copy in self.organisation.units or person is None:
            return self.to_unit(copy, kind)
        return self.to_person(Place(person.unit, None, copy), kind)

    # -- to the bank's people ------------------------------------------------------------------------

    def _places(self, addressee: Addressee) -> Iterator[Place | None]:
        """Who of the bank's people that is; None where there is nobody although somebody ought to be told."""
        core = self.state.core
        match addressee:
            case Addressee.HANDLER:
                yield core.handler
            case Addressee.IN_CHARGE:
                yield core.handler if core.handler is not None and core.handler.person else self._accepting()
            case Addressee.ACCEPTING_PERSON:
                yield self._accepting()
            case Addressee.PERSON_ABOVE:
                yield Place(self.cause.data["to"]["unit"], None, self.cause.data["to"]["person"])
            case Addressee.DEBTOR:
                yield self._debtor()
            case Addressee.OVERSEERS:
                yield from self._overseers()
            case Addressee.CLAIMED_SETTLER:
                yield from (duty.terms.debtor for duty in core.open_duties(CONFIRM_SETTLEMENT))
            case Addressee.FORMER_HANDLERS:
                present = core.handler.person if core.handler else None
                yield from (place for place in self.state.told_owners if place.person != present)
            case Addressee.AGENT | Addressee.WORKING | Addressee.REOPENING | Addressee.WARNED:
                yield from self._working(addressee)
            case Addressee.PRESIDENT_OFFICE if core.looks.major:
                yield from self._presidents_office()
            case Addressee.PRESIDENT_OFFICE:
                return
            case Addressee.RELIEVED:
                yield from self._relieved()
            case Addressee.APPROVER | Addressee.ASKED:
                yield from (place_of(duty["debtor"]) for duty in opened_by(self.cause))
            case Addressee.REVIEWER:
                yield from self._reviewers()
            case Addressee.ASKER:
                yield self._person(self.cause.data["asked_by"])
            case Addressee.NEXT_LEVEL:
                yield self._next_level()
            case Addressee.DOER:
                yield self._doer()
            case Addressee.OFFICE_ABOVE:
                yield from map(self.holders.office_above, filter(None, [core.complained_unit]))
            case Addressee.BOX_KEEPERS:
                yield from self._keepers(self.cause.data["unit"])
            case (
                Addressee.CUSTOMER
                | Addressee.PROXY
                | Addressee.COPIES
                | Addressee.ALARMED
                | Addressee.FORMER_DEBTORS
                | Addressee.NEW_DEBTORS
            ):
                raise AssertionError("these letters are addressed otherwise")
            case _:
                assert_never(addressee)

    def _working(self, addressee: Addressee) -> Iterator[Place | None]:
        """Who works on the case: the handler or who accepts, with the agent; once it has ended, who may reopen it."""
        ended = self.state.core.ended
        if addressee is Addressee.WARNED:
            if self._was_infected() and not self._is_reopened():
                yield from self._working(Addressee.REOPENING if ended else Addressee.WORKING)
        elif addressee is Addressee.REOPENING:
            if ended:
                yield self._accepting()
        elif addressee is Addressee.AGENT:
            yield from self._agent()
        elif not ended:
            yield from self._places(Addressee.IN_CHARGE)
            yield from self._agent()

    def _was_infected(self) -> bool:
        """Whether a file was known to be infected at the occasion: a later verdict is told by a letter of its own."""
        return 0 <= self.state.seldom.infected_at <= self.cause.ordinal

    def _is_reopened(self) -> bool:
        """Whether the clock of a reopening is the occasion, not the first letters of the case."""
        return self.cause.name == "ClockStarted" and self.state.core.did("CaseReopened")

    def _debtor(self) -> Place | None:
        """Who holds the place now that owes the duty of the fact."""
        duty = self.state.duty(self.cause.data["duty_id"])
        return self.holders.holding(duty.terms.debtor) if duty is not None else None

    def _reviewers(self) -> Iterator[Place | None]:
        """Who owes the reviews that the fact opens."""
        reviews = (duty for duty in opened_by(self.cause) if duty["kind"] == REVIEW and duty["state"] == "open")
        yield from (self.holders.holding(place_of(duty["debtor"])) for duty in reviews)

    def owing(self, duties: Iterable[Duty]) -> dict[Place, list[Duty]]:
        """Who has to be told of new duties, each with his own; not who brought the fact about."""
        owed: dict[Place, list[Duty]] = {}
        for duty in duties:
            to = self.holders.holding(duty.terms.debtor)
            if to.person is not None and to.person != person_of(self.cause.actor):
                owed.setdefault(Place(to.unit, None, to.person), []).append(duty)
        return owed

    def freed(self) -> dict[Place, list[Duty]]:
        """Who has to be told of duties that the fact takes from him undone, each with his own; not who did that."""
        core, holders = self.state.core, self.holders
        now = {(d.terms.kind, d.terms.level, holders.holding(d.terms.debtor).person) for d in core.open_duties()}
        found: dict[Place, list[Duty]] = {}
        for duty in let_go(core, self.cause):
            kind, owed_by = duty.terms.kind, duty.terms.debtor
            to = owed_by if owed_by.person is not None else holders.holding(owed_by)
            stays = to.person in (None, person_of(self.cause.actor)) or (kind, duty.terms.level, to.person) in now
            if not stays and (kind not in ONLY_WHO_WAS_TOLD or self.state.was_written_to(str(to.person))):
                found.setdefault(Place(to.unit, None, to.person), []).append(duty)
        return found

    def _doer(self) -> Place | None:
        """Whoever of the bank did it."""
        doer = person_of(self.cause.actor)
        return self._person(doer) if doer is not None else None

    def _overseers(self) -> Iterator[Place]:
        """Who accepted the case, and the next above who owes the duty; never who owes it himself.

        Where the case goes up to the next above for this very silence, its notice of that says all of this.
        """
        duty = self.state.duty(self.cause.data["duty_id"])
        debtor = self.holders.holding(duty.terms.debtor) if duty is not None else None
        if debtor is None:
            return
        above = self.holders.next_above(debtor)
        told = {debtor.person}
        if above is not None and self.cause.id == self.state.silences.first_up:
            told.add(above.person)
        yield from (place for place in (self._accepting(), above) if place is not None and place.person not in told)

    def _next_level(self) -> Place | None:
        """Who gets what a fact passes on: as it says, else to whom the report upward is owed that it made."""
        if "to" in self.cause.data:
            return self.holders.holding(place_of(self.cause.data["to"]))
        done = {end["id"] for end in self.cause.data["duties_ended"] if end["kind"] == REPORT_UP}
        owed_to = next((d.terms.creditor for d in self.state.core.duties() if d.id in done), None)
        return self.holders.holding(owed_to) if isinstance(owed_to, Place) else None

    def _keepers(self, unit: str) -> Iterator[Place | None]:
        """Who has to look into a unit's opinion box, and who heads the unit or the nearest above that has a head."""
        yield self.holders.holder_above(unit, KEEPER)
        units = [above.id for above in self.organisation.upward(unit)]
        heads = (self.holders.holder(one, self.organisation.head_post(one)) for one in units)
        yield next((head for head in heads if head is not None), None)

    def _agent(self) -> Iterator[Place]:
        if self.state.core.agent is not None:
            yield self._person(self.state.core.agent)

    def _presidents_office(self) -> Iterator[Place | None]:
        """The president's office that hears of a major case; where there is none, the office above."""
        accepting = self.state.core.accepting
        unit = self.state.core.complained_unit or (accepting.unit if accepting else None)
        if unit is not None:
            yield self.holders.holder_above(unit, PRESIDENT_OFFICE) or self.holders.office_above(unit)

    def _relieved(self) -> Iterator[Place]:
        """Who owed what the fact waives, each by name: a post that nobody holds in person has nothing to put down."""
        waived = {end["id"] for end in self.cause.data.get("duties_ended") or () if end["state"] == "waived"}
        debtors = (self.holders.holding(d.terms.debtor) for d in self.state.core.duties() if d.id in waived)
        yield from dict.fromkeys(Place(to.unit, None, to.person) for to in debtors if to.person is not None)

    def _person(self, person: str) -> Place:
        return Place(self.organisation.people[person].unit, None, person)

    def _accepting(self) -> Place | None:
        """Who accepts the case."""
        return self.holders.holding(self.state.core.accepting) if self.state.core.accepting else None

    def to_person(self, place: Place | None, kind: LetterKind) -> Outcome:
        """A letter to somebody of the bank at the address of the organisation file."""
        duty = self.facts.duty(kind, place)
        if place is None or place.person is None:
            return self.facts.suppressed(kind, duty, "nobody_to_tell", None)
        recipient = StaffRecipient(person=place.person, unit=place.unit)
        if why := self._not_to_person(place.person, kind):
            return self.facts.suppressed(kind, duty, why, recipient)
        return self.facts.started(kind, duty, recipient, self._way_to(place.person), BANK_LANGUAGE)

    def _way_to(self, person: str) -> Way:
        """By which way somebody of the bank is written to: by messenger only where there is no e-mail."""
        found = self.organisation.people[person]
        return "messenger" if found.email is None and found.messenger is not None else "email"

    def _not_to_person(self, person: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal and not self._about_what_is_still_owed():
            return "withdrawn"
        if person in self.holders.concerned:
            return "party_concerned"
        found = self.organisation.people[person]
        if not found.active(self._local.date()):
            return "left"
        return "no_email" if found.email is None and found.messenger is None else None

    def _about_what_is_still_owed(self) -> bool:
        """Whether the fact is about a duty that outlives a withdrawal: whoever owes it is reminded all the same."""
        duty = self.state.duty(self.cause.data.get("duty_id") or "")
        return duty is not None and duty.terms.kind in SURVIVE_WITHDRAWAL

    def to_unit(self, unit: str, kind: LetterKind) -> Outcome:
        """A letter to a unit: to who holds its office and can be written to, else to its mailbox."""
        for post in OFFICES:
            place = self.holders.holder(unit, post)
            if place is not None and place.person and self.organisation.people[place.person].email:
                return self.to_person(place, kind)
        recipient = UnitRecipient(unit=unit)
        if why := self._not_to_mailbox(unit, kind):
            return self.facts.suppressed(kind, None, why, recipient)
        return self.facts.started(kind, None, recipient, "email", BANK_LANGUAGE)

    def _not_to_mailbox(self, unit: str, kind: LetterKind) -> Why | None:
        if self.state.core.did("CaseWithdrawn") and not kind.after_withdrawal:
            return "withdrawn"
        last_resort = kind.reaches_somebody and self.organisation.units[unit].parent is None
        if self.holders.head_is_concerned(unit) and not last_resort:
            return "party_concerned"
        return "no_email" if self.organisation.mailbox(unit) is None else None
