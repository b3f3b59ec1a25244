"""The bank's readers are its people whom a declaration addresses: who each of them is on a case, by a fact. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from services.notify.letters.addressees import Addressee
from services.notify.letters.box_file import KEEPER
from services.notify.letters.moved_duties import ONLY_WHO_WAS_TOLD, let_go, newly_owed
from services.notify.people import PostHolders
from services.notify.state import NotifyState
from shared.bank.organisation import Organisation
from shared.case.duties import Duty, Place, place_of
from shared.case.duty_kinds import REPORT_UP
from shared.case.folding.duties import opened_by
from shared.case.second_looks import REVIEW
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.envelope import Event
from shared.contract.subjects import person_of

PRESIDENT_OFFICE = "president_office"


class BankReaders:
    """Finds who of the bank's people reads of one fact on a case, as its posts are held on one day."""

    def __init__(self, state: NotifyState, cause: Event, organisation: Organisation, day: date) -> None:
        self.state = state
        self.core = state.core
        self.cause = cause
        self.organisation = organisation
        self.holders = PostHolders(organisation, state.core.parties, day)

    def places(self, addressee: Addressee) -> Iterable[Place | None]:
        """Who of the bank's people that is; None where there is nobody although somebody ought to be told."""
        return PLACES[addressee](self)

    def accepting(self) -> Place | None:
        """Who accepts the case."""
        return self.holders.holding(self.core.accepting) if self.core.accepting else None

    def in_charge(self) -> Place | None:
        """Who handles the case in person, or who accepts it while nobody does."""
        return self.core.handler if self.core.handler is not None and self.core.handler.person else self.accepting()

    def agents(self) -> list[Place]:
        """The agent, if there is one."""
        return [self.person(self.core.agent)] if self.core.agent is not None else []

    def person(self, person: str) -> Place:
        """Somebody of the bank in his own unit."""
        return Place(self.organisation.people[person].unit, None, person)

    def debtor(self) -> Place | None:
        """Who holds the place now that owes the duty of the fact."""
        duty = self.state.duty(self.cause.data["duty_id"])
        return self.holders.holding(duty.terms.debtor) if duty is not None else None

    def owing(self) -> dict[Place, list[Duty]]:
        """Who has to be told of new duties, each with his own; not who brought the fact about."""
        owed: dict[Place, list[Duty]] = {}
        for duty in newly_owed(self.core, self.cause):
            to = self.holders.holding(duty.terms.debtor)
            if to.person is not None and to.person != person_of(self.cause.actor):
                owed.setdefault(Place(to.unit, None, to.person), []).append(duty)
        return owed

    def freed(self) -> dict[Place, list[Duty]]:
        """Who has to be told of duties that the fact takes from him undone, each with his own; not who did that."""
        core, holders = self.core, self.holders
        now = {(d.terms.kind, d.terms.level, holders.holding(d.terms.debtor).person) for d in core.open_duties()}
        found: dict[Place, list[Duty]] = {}
        for duty in let_go(core, self.cause):
            kind, owed_by = duty.terms.kind, duty.terms.debtor
            to = owed_by if owed_by.person is not None else holders.holding(owed_by)
            stays = to.person in (None, person_of(self.cause.actor)) or (kind, duty.terms.level, to.person) in now
            if not stays and (kind not in ONLY_WHO_WAS_TOLD or self.state.was_written_to(str(to.person))):
                found.setdefault(Place(to.unit, None, to.person), []).append(duty)
        return found


def _former_handlers(who: BankReaders) -> Iterator[Place]:
    present = who.core.handler.person if who.core.handler else None
    return (place for place in who.state.told_owners if place.person != present)


def _working(who: BankReaders) -> Iterable[Place | None]:
    """The handler or who accepts, with the agent, while the case is open."""
    return () if who.core.ended else (who.in_charge(), *who.agents())


def _reopening(who: BankReaders) -> Iterable[Place | None]:
    """Who may take the case up again, once it has ended."""
    return (who.accepting(),) if who.core.ended else ()


def _warned(who: BankReaders) -> Iterable[Place | None]:
    """Who works on the case or may again, if a file was known to be infected at the occasion.

    A later verdict is told by a letter of its own; the clock of a reopening is no occasion of first letters.
    """
    was_infected = 0 <= who.state.seldom.infected_at <= who.cause.ordinal
    is_reopened = who.cause.name == "ClockStarted" and who.core.did("CaseReopened")
    if not was_infected or is_reopened:
        return ()
    return _reopening(who) if who.core.ended else _working(who)


def _presidents_office(who: BankReaders) -> Iterator[Place | None]:
    """The president's office that hears of a major case; where there is none, the office above."""
    accepting = who.core.accepting
    unit = who.core.complained_unit or (accepting.unit if accepting else None)
    if who.core.looks.major and unit is not None:
        yield who.holders.holder_above(unit, PRESIDENT_OFFICE) or who.holders.office_above(unit)


def _relieved(who: BankReaders) -> Iterable[Place]:
    """Who owed what the fact waives, each by name: a post that nobody holds in person has nothing to put down."""
    waived = {end["id"] for end in who.cause.data.get("duties_ended") or () if end["state"] == "waived"}
    debtors = (who.holders.holding(d.terms.debtor) for d in who.core.duties() if d.id in waived)
    return dict.fromkeys(Place(to.unit, None, to.person) for to in debtors if to.person is not None)


def _asked(who: BankReaders) -> Iterator[Place]:
    return (place_of(duty["debtor"]) for duty in opened_by(who.cause))


def _reviewers(who: BankReaders) -> Iterator[Place]:
    """Who owes the reviews that the fact opens."""
    reviews = (duty for duty in opened_by(who.cause) if duty["kind"] == REVIEW and duty["state"] == "open")
    return (who.holders.holding(place_of(duty["debtor"])) for duty in reviews)


def _next_level(who: BankReaders) -> Place | None:
    """Who gets what a fact passes on: as it says, else to whom the report upward is owed that it made."""
    if "to" in who.cause.data:
        return who.holders.holding(place_of(who.cause.data["to"]))
    done = {end["id"] for end in who.cause.data["duties_ended"] if end["kind"] == REPORT_UP}
    owed_to = next((d.terms.creditor for d in who.core.duties() if d.id in done), None)
    return who.holders.holding(owed_to) if isinstance(owed_to, Place) else None


def _doer(who: BankReaders) -> Place | None:
    """Whoever of the bank did it."""
    doer = person_of(who.cause.actor)
    return who.person(doer) if doer is not None else None


def _overseers(who: BankReaders) -> Iterator[Place]:
    """Who accepted the case, and the next above who owes the duty; never who owes it himself.

    Where the case goes up to the next above for this very silence, its notice of that says all of this.
    """
    debtor = who.debtor()
    if debtor is None:
        return
    above = who.holders.next_above(debtor)
    told = {debtor.person}
    if above is not None and who.cause.id == who.state.silences.first_up:
        told.add(above.person)
    yield from (place for place in (who.accepting(), above) if place is not None and place.person not in told)


def _keepers(who: BankReaders) -> Iterator[Place | None]:
    """Who has to look into a unit's opinion box, and who heads the unit or the nearest above that has a head."""
    unit = who.cause.data["unit"]
    yield who.holders.holder_above(unit, KEEPER)
    units = [above.id for above in who.organisation.upward(unit)]
    heads = (who.holders.holder(one, who.organisation.head_post(one)) for one in units)
    yield next((head for head in heads if head is not None), None)


PLACES: dict[Addressee, Callable[[BankReaders], Iterable[Place | None]]] = {
    Addressee.HANDLER: lambda who: (who.core.handler,),
    Addressee.IN_CHARGE: lambda who: (who.in_charge(),),
    Addressee.ACCEPTING_PERSON: lambda who: (who.accepting(),),
    Addressee.PERSON_ABOVE: lambda who: (Place(who.cause.data["to"]["unit"], None, who.cause.data["to"]["person"]),),
    Addressee.DEBTOR: lambda who: (who.debtor(),),
    Addressee.CLAIMED_SETTLER: lambda who: (d.terms.debtor for d in who.core.open_duties(CONFIRM_SETTLEMENT)),
    Addressee.FORMER_HANDLERS: _former_handlers,
    Addressee.AGENT: BankReaders.agents,
    Addressee.WORKING: _working,
    Addressee.REOPENING: _reopening,
    Addressee.WARNED: _warned,
    Addressee.PRESIDENT_OFFICE: _presidents_office,
    Addressee.RELIEVED: _relieved,
    Addressee.APPROVER: _asked,
    Addressee.ASKED: _asked,
    Addressee.REVIEWER: _reviewers,
    Addressee.ASKER: lambda who: (who.person(who.cause.data["asked_by"]),),
    Addressee.NEXT_LEVEL: lambda who: (_next_level(who),),
    Addressee.DOER: lambda who: (_doer(who),),
    Addressee.OVERSEERS: _overseers,
    Addressee.OFFICE_ABOVE: lambda who: map(who.holders.office_above, filter(None, [who.core.complained_unit])),
    Addressee.BOX_KEEPERS: _keepers,
    Addressee.FORMER_DEBTORS: BankReaders.freed,
    Addressee.NEW_DEBTORS: BankReaders.owing,
}
"""How each addressee is found who is one of the bank's people. The others are no people: customers, units, copies."""
