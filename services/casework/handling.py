"""Classifying, investigating, deciding (article 3; order 2020 no. 3, art. 19)."""

from services.casework.acting import Act
from services.casework.bad_content import DecisionIncomplete, GroundMissing, UnknownPerson
from services.casework.refusals import DecidedAlready, NoInvestigation, OnlyToShorten
from services.casework.rights import HANDLER
from shared.contract.events.casework import ComplaintClassified, DecisionMade, InvestigationRecorded, RemedyOpen
from shared.kernel.service import Fact

COMPLEX = frozenset({"service_product", "service_channel", "violation"})
"""Reasons of complex complaints (article 3); all others, and none, are ordinary."""
REMEDIES_OPEN: tuple[RemedyOpen, ...] = ("review", "mediation", "arbitration", "litigation")
"""What a customer may still do: 核查, 调解, 仲裁, 诉讼 (order 2020 no. 3, art. 19), whatever the decision."""
DECISION = ("findings", "grounds", "decision")
"""What a decision has to say (same article)."""


def classify(act: Act) -> Fact:
    """The complaint gets its main reason. The class follows it; what a breached clock said stands."""
    before, reason = act.core.reason in COMPLEX, act.body.get("reason")
    after = reason in COMPLEX
    if act.side == HANDLER and not (before and not after):
        raise OnlyToShorten("/reason")
    if after and not before and act.body.get("ground") is None:
        raise GroundMissing("/ground")
    said = act.said("reason", "other_reasons", "level", "ground", "jrt")
    return act.fact(ComplaintClassified, act.ends("classify"), **said)


def record_investigation(act: Act) -> Fact:
    """What was found. Whoever is named as responsible becomes a party concerned."""
    named = act.body.get("persons_responsible") or ()
    unknown = [n for n, person in enumerate(named) if person not in act.organisation.people]
    if unknown:
        raise UnknownPerson(*(f"/persons_responsible/{n}" for n in unknown))
    said = act.said("findings", "fault", "persons_responsible", "measures")
    return act.fact(InvestigationRecorded, act.ends("verify"), **said)


def decide(act: Act) -> Fact:
    """The handler decides, on an investigation, once."""
    if act.core.did("DecisionMade", "SettledOnTheSpot"):
        raise DecidedAlready
    if not act.core.did("InvestigationRecorded"):
        raise NoInvestigation
    missing = tuple(name for name in DECISION if act.body.get(name) is None)
    if missing:
        raise DecisionIncomplete(*(f"/{name}" for name in missing), about=missing)
    said = act.said("outcome", *DECISION, "remedies_offered")
    return act.fact(DecisionMade, act.ends("handle"), remedies_open=REMEDIES_OPEN, **said)
