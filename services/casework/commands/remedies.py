"""This command records that a remedy was carried out which was decided, settled or agreed on (contract 6)."""

from services.casework.act import Act
from services.casework.bad_content import ArrivalMissing, UnknownRemedy
from services.casework.bad_state import DoneAlready, NothingOwed, NotToExecute
from services.casework.bad_times import BeforeWhatItAnswers
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import ended
from services.casework.sides import HANDLER, IN_HANDLERS_PLACE
from shared.case.agreements import MONEY, NEVER_EXECUTED, Grant
from shared.case.duties import states_of
from shared.case.duty_kinds import EXECUTE_REMEDY
from shared.contract.bodies import Id, Numbered, Text
from shared.contract.events.agreements import RemedyExecuted
from shared.contract.tenses import HappenedOn
from shared.kernel.service import Fact


class ExecuteRemedy(Body):
    """Record that a remedy was carried out; of money, when it arrived.

    ``remedy``: its number in the decision or settlement, before there is one in the accepted plan; ``plan`` where the
    number is one of that plan all the same.
    """

    remedy: Numbered
    outcome: Text
    arrived_on: HappenedOn | None = None
    plan: Id | None = None


def execute_remedy(act: Act) -> Fact:
    """A remedy that is owed was carried out; money was, once it arrived.

    Raises:
        UnknownRemedy, NotToExecute, DoneAlready, NothingOwed, ArrivalMissing, BeforeWhatItAnswers
    """
    grant, number = _meant(act), int(act.body["remedy"])
    terms, at = grant.remedies[number - 1], grant.levels[number - 1]
    if terms.kind in NEVER_EXECUTED:
        raise NotToExecute(about=(terms.kind,))
    state = states_of(act.core.duties(), EXECUTE_REMEDY).get(at, "") if at is not None else "discharged"
    if state == "discharged":
        raise DoneAlready(about=(terms.kind,))
    if state != "open":
        raise NothingOwed(about=(EXECUTE_REMEDY,))
    if terms.kind in MONEY and act.body.get("arrived_on") is None:
        raise ArrivalMissing("/arrived_on")
    act.check_not_before(grant.at, "decided" if grant.how == "decision" else "settled")
    owed = [ended(duty, "discharged") for duty in act.core.open_duties(EXECUTE_REMEDY) if duty.terms.level == at]
    return act.fact(
        RemedyExecuted,
        owed,
        remedy=number,
        granted_by=grant.by,
        granted_in=grant.how,
        **terms._asdict(),
        **act.said("outcome", "arrived_on"),
    )


def _meant(act: Act) -> Grant:
    """The list that the remedy's number is one of. Raises UnknownRemedy."""
    agreed, plan = act.core.agreed, act.body.get("plan")
    grant = agreed.last_grant if plan is None else agreed.of_plan(agreed.plan(plan))
    if grant is None:
        raise UnknownRemedy("/remedy" if plan is None else "/plan")
    if int(act.body["remedy"]) > len(grant.remedies):
        raise UnknownRemedy("/remedy")
    return grant


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "execute-remedy", ExecuteRemedy, RemedyExecuted, execute_remedy,
        who=(HANDLER, IN_HANDLERS_PLACE),
        refused=(UnknownRemedy, NotToExecute, DoneAlready, NothingOwed, ArrivalMissing, BeforeWhatItAnswers),
        effect="the one that is carried out",
    ),
)  # fmt: skip
