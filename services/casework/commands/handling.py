"""These commands classify, investigate and decide a complaint (article 3; order 2020 no. 3, art. 19)."""

from typing import get_args

from pydantic import computed_field

from services.casework.act import Act
from services.casework.approvals import who_signs
from services.casework.bad_content import DecisionIncomplete, GroundMissing, UnknownPerson
from services.casework.bad_state import DecidedAlready, NoInvestigation, NothingChanged, NothingToRevise
from services.casework.commands.declaration import Body, Declaration, SecondPerson
from services.casework.event_parts import ended
from services.casework.refusals import OnlyHeadLowers, OnlyToShorten
from services.casework.remedies_owed import of_decision
from services.casework.reviews import passed_on
from services.casework.sides import ACCEPTING, HANDLER, HANDLER_ALONE
from services.casework.state import content_known
from shared.bank.bank_day import instant_of
from shared.bank.in_force import pack_counting_from
from shared.case.duty_kinds import ANSWER, KINDS
from shared.case.settlement_claims import CONFIRM_SETTLEMENT
from shared.contract.bodies import Id, Ids, Listed, OfStaff, Shape, Text
from shared.contract.codes import Fault, Reason
from shared.contract.events.base import DutyEnded, DutyOpened
from shared.contract.events.casework import (
    ComplaintClassified,
    DecisionMade,
    InvestigationRecorded,
    Level,
    Outcome,
    RemedyOpen,
)
from shared.contract.events.second_looks import DecisionRevised
from shared.contract.settlement_bodies import Remedy
from shared.kernel.service import Fact

REMEDIES_OPEN: tuple[RemedyOpen, ...] = ("review", "mediation", "arbitration", "litigation")
"""What a customer may still do: 核查, 调解, 仲裁, 诉讼 (order 2020 no. 3, art. 19), whatever the decision."""
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the lowest to the highest."""
DECISION = ("findings", "grounds", "decision")
"""What a decision has to say (same article)."""


class Jrt(Shape):
    """These codes sort the complaint by the dimensions of JR/T 0169."""

    channel: Id | None = None
    business: Id | None = None
    cause: Id | None = None


class Classify(Body):
    """Give the complaint its main reason, its level and further reasons: of these two, what is left out stays."""

    reason: Reason
    other_reasons: Listed[Reason] | None = None
    ground: Text | None = None
    level: Level | None = None
    jrt: Jrt = Jrt()


def classify(act: Act) -> Fact:
    """Give the complaint its main reason; its class follows, and what a breached clock said stands."""
    pack = pack_counting_from(act.context.reference, instant_of(act.state.since)).pack
    before, after = pack.limit_of(act.core.reason), pack.limit_of(act.body.get("reason"))
    if act.side == HANDLER and not after < before:
        raise OnlyToShorten("/reason")
    level = _level(act)
    if after > before and act.body.get("ground") is None:
        raise GroundMissing("/ground")
    said = act.said("reason", "other_reasons", "ground", "jrt")
    kept = {"other_reasons": act.state.other_reasons}
    return act.fact(ComplaintClassified, act.discharges_all(ComplaintClassified), **{**kept, **said, "level": level})


def _level(act: Act) -> Level:
    """The level that a classification gives; who accepts or handles the case may raise it. Raises OnlyHeadLowers."""
    before = LEVELS.index(act.core.level)
    after = LEVELS.index(act.body.get("level") or act.core.level)
    above = act.rights.superiors(act.accepting.unit) - {act.accepting.person}
    if after < before and act.person not in above:
        raise OnlyHeadLowers("/level")
    return LEVELS[after]


class RecordInvestigation(Body):
    """Record what was found."""

    findings: Text
    fault: OfStaff[Fault]
    persons_responsible: OfStaff[Ids] = ()
    measures: Text | None = None

    @computed_field(repr=False)  # type: ignore[prop-decorator] # mypy does not know decorated properties
    @property
    def parties(self) -> tuple[str, ...]:
        """Who is named: as people who must not touch the case they stand in the clear, why does not."""
        return self.persons_responsible


def record_investigation(act: Act) -> Fact:
    """The investigation names what was found; whoever is responsible becomes a party concerned."""
    named = act.body.get("parties") or ()
    unknown = [n for n, person in enumerate(named) if person not in act.organisation.people]
    if unknown:
        raise UnknownPerson(*(f"/persons_responsible/{n}" for n in unknown))
    said = act.said("findings", "measures") | act.sealed("fault", "persons_responsible")
    became = [person for person in dict.fromkeys(named) if person not in act.core.parties]
    return act.fact(InvestigationRecorded, act.discharges_all(InvestigationRecorded), parties=became, **said)


class Decide(Body):
    """Decide the complaint."""

    outcome: Outcome
    findings: Text
    grounds: Text
    decision: Text
    remedies_offered: Listed[Remedy] = ()
    approved_by: Id | None = None


def decide(act: Act) -> Fact:
    """The handler decides the complaint on an investigation, once; a settlement that was only claimed is moot then."""
    if act.core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    if not act.core.did("InvestigationRecorded"):
        raise NoInvestigation
    missing = tuple(name for name in DECISION if act.body.get(name) is None)
    if missing:
        raise DecisionIncomplete(*(f"/{name}" for name in missing), about=missing)
    said = act.said("outcome", *DECISION, "remedies_offered")
    moot = [ended(duty, "waived", "decided") for duty in act.core.open_duties(CONFIRM_SETTLEMENT)]
    remedies = of_decision(act, act.body.get("remedies_offered") or ())
    ends = [*act.discharges_all(DecisionMade), *moot, *remedies.ended]
    return act.fact(DecisionMade, ends, remedies.opened, remedies_open=REMEDIES_OPEN, **said)


def _who_allows(act: Act) -> tuple[str, ...] | None:
    return who_signs(act.rights, act.handler, act.person, act.body.get("remedies_offered", ()))


class ReviseDecision(Decide):
    """Put a wrong decision right: say why, what was wrong and what is right now, and the whole decision as it is."""

    ground: Text
    what_changed: Text


def revise_decision(act: Act) -> Fact:
    """The decision is another one; the customer is owed the answer anew, and what was judged stays so.

    A settlement is the customer's own agreement: it is revised only where a review from above says so.
    """
    core = act.core
    if not core.did("DecisionMade", "DecisionRevised") and not core.looks.to_be_revised:
        raise NothingToRevise
    if not core.did("InvestigationRecorded"):
        raise NoInvestigation
    missing = tuple(name for name in DECISION if act.body.get(name) is None)
    if missing:
        raise DecisionIncomplete(*(f"/{name}" for name in missing), about=missing)
    content = content_known(act.body.get("content_fingerprint"))
    if content is not None and content == act.state.decided_content:
        raise NothingChanged
    said = act.said("ground", "what_changed", "outcome", *DECISION, "remedies_offered", "content_fingerprint")
    left, owed = _answered_anew(act)
    remedies = of_decision(act, act.body.get("remedies_offered") or (), revises=True)
    review_ended, review_opened = passed_on(act, act.person)
    ends, opens = [*left, *remedies.ended, *review_ended], [*owed, *remedies.opened, *review_opened]
    return act.fact(DecisionRevised, ends, opens, remedies_open=REMEDIES_OPEN, **said)


def _answered_anew(act: Act) -> tuple[list[DutyEnded], list[DutyOpened]]:
    """What is owed to the customer by a revision: the answer to the former decision is let go, a new one is owed."""
    left = [ended(duty, "waived", "revised") for duty in act.core.open_duties(ANSWER)]
    nobody = "customer_unknown" if act.nobody_to_answer else None
    return left, [act.opens(ANSWER, act.post_of(act.handler), KINDS[ANSWER].creditor, nobody)]


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "classify", Classify, ComplaintClassified, classify,
        who=(ACCEPTING, HANDLER),
        refused=(OnlyToShorten, OnlyHeadLowers, GroundMissing),
        effect="the handler may only shorten the limit by it",
    ),
    Declaration(
        "record-investigation", RecordInvestigation, InvestigationRecorded, record_investigation,
        who=(HANDLER,),
        refused=(UnknownPerson,),
        effect="who is named as responsible is a party concerned: the case is routed again",
    ),
    Declaration(
        "decide", Decide, DecisionMade, decide,
        who=(HANDLER_ALONE,),
        not_before=("investigated_at",),
        second_person=SecondPerson("where it costs more than the own limit, or the unit has it signed", _who_allows),
        refused=(DecidedAlready, NoInvestigation, DecisionIncomplete),
        effect="each remedy that is neither done nor only said is owed: `execute_remedy`",
    ),
    Declaration(
        "revise-decision", ReviseDecision, DecisionRevised, revise_decision,
        who=(HANDLER_ALONE,),
        not_before=("decided_at",),
        second_person=SecondPerson("where it costs more than the own limit, or the unit has it signed", _who_allows),
        refused=(NothingToRevise, NoInvestigation, DecisionIncomplete, NothingChanged),
        effect="waives an open `reply_customer` and opens it anew; verdicts stay; the report is not owed again; "
        "what the former decision granted and nobody carried out is let go, what this one grants is owed",
    ),
)  # fmt: skip
