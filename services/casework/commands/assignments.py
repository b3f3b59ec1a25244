"""These commands give others work beside the case: assistance, corrective actions, suggestions."""

from typing import Final, Literal

from services.casework.act import Act
from services.casework.bad_content import (
    NobodyToAsk,
    NotSuperior,
    OutsideUnit,
    PartysUnit,
    SameUnit,
    UnknownAction,
    UnknownDocument,
    UnknownPerson,
    UnknownRequest,
    UnknownSuggestion,
    UnknownUnit,
)
from services.casework.bad_state import AnsweredAlready, AskedAlready, CompletedAlready
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import ended
from services.casework.kept_beside import digest, has_document
from services.casework.refusals import PartyConcerned
from services.casework.sides import (
    ACCEPTING,
    ACTION_OWNER,
    ASSISTING,
    HANDLER,
    HEAD_OF_HANDLING_UNIT,
    SUGGESTION_OFFICE,
)
from shared.bank.ladder import OFFICE
from shared.case.duties import Duty, Place
from shared.case.duty_kinds import ANSWER_SUGGESTION, ASSIST, CORRECTIVE_ACTION, CUSTOMER
from shared.contract.bodies import Id, Ids, Text
from shared.contract.events.assignments import (
    AssistanceGiven,
    AssistanceRequested,
    CorrectiveActionCompleted,
    CorrectiveActionOpened,
    SuggestionAnswered,
    SuggestionPassedUp,
)
from shared.contract.events.base import PostAt
from shared.contract.tenses import DayAhead
from shared.kernel.service import Fact

ALWAYS: Final = ("open", "ended", "archived")
"""What outlives the case is done wherever the case is."""
ASSIST_WORKING_DAYS = 2
"""How long another unit has for its answer, if nothing else is said (contract 6)."""


class RequestAssistance(Body):
    """Ask another unit for its opinion; its head answers, or the person of it who is named."""

    unit: Id
    person: Id | None = None
    question: Text
    answer_by: DayAhead | None = None


def request_assistance(act: Act) -> Fact:
    """Another unit owes an answer until a day; the case goes on meanwhile.

    Raises:
        UnknownUnit, SameUnit, PartysUnit, UnknownPerson, OutsideUnit, PartyConcerned, NobodyToAsk, AskedAlready
    """
    act.check_times()
    unit = act.known_unit("unit")
    if unit in act.organisation.below(act.handler.unit):
        raise SameUnit("/unit")
    if unit in _partys_units(act):
        raise PartysUnit("/unit")
    waiting = {duty.terms.level for duty in act.core.open_duties(ASSIST)}
    same = (unit, digest(act.body["question"]))
    if any((one.unit, one.digest) == same and one.request in waiting for one in act.state.beside.questions):
        raise AskedAlready
    debtor = _asked(act, unit)
    opened = act.opens(ASSIST, debtor, act.post_of(act.handler), level=act.event_id)
    asked = {"unit": unit, "person": debtor.person}
    until = act.day("answer_by") if act.body.get("answer_by") is not None else act.working_days_on(ASSIST_WORKING_DAYS)
    return act.fact(AssistanceRequested, opened=[opened], asked=asked, answer_by=until, **act.said("question"))


def _partys_units(act: Act) -> set[str]:
    """The units of the parties concerned, and what they head with all that is below."""
    organisation = act.organisation
    units = {organisation.people[one].unit for one in act.core.parties if one in organisation.people}
    headed = {unit for one in act.core.parties for unit in organisation.headed_by(one)}
    return units | {below for unit in headed for below in organisation.below(unit)}


def _asked(act: Act, unit: str) -> PostAt:
    """Who owes the answer: the person named, else who heads the unit or the nearest above. Raises as the request."""
    if act.body.get("person") is not None:
        person = act.free_person()
        if act.organisation.people[person].unit not in act.organisation.below(unit):
            raise OutsideUnit("/person")
        return act.post_of(Place(unit, None, person))
    found = _filled(act, unit, None)
    if found is None:
        raise NobodyToAsk("/unit")
    return found


def _filled(act: Act, unit: str, post: str | None) -> PostAt | None:
    """Who holds a post, or heads a unit, from a unit upward, and may act on the case: present before absent."""
    organisation, rights = act.organisation, act.rights
    for above in organisation.upward(unit):
        held = post or organisation.head_post(above.id)
        people = [one for one in organisation.people_in(above.id, held, rights.on) if rights.may_act(one)]
        if people:
            return PostAt(unit=above.id, post=held, person=min(people, key=rights.absent))
    return None


class GiveAssistance(Body):
    """Answer what your unit was asked. ``request``: the event that asked; ``documents``: files of the case."""

    request: Id
    words: Text
    documents: Ids = ()


def give_assistance(act: Act) -> Fact:
    """The unit that was asked answers, once. Raises UnknownRequest, NotEntitled, AnsweredAlready, UnknownDocument."""
    duty = _made_by(act, ASSIST, "request")
    if duty is None:
        raise UnknownRequest("/request")
    if duty.state != "open":
        raise AnsweredAlready
    for position, document in enumerate(act.body.get("documents") or ()):
        if not has_document(act.state.beside, str(document)):
            raise UnknownDocument(f"/documents/{position}")
    act = act.as_debtor_of(duty)
    return act.fact(AssistanceGiven, [ended(duty, "discharged")], **act.said("request", "words", "documents"))


def _made_by(act: Act, kind: str, field: str) -> Duty | None:
    """The duty of what is named by the id of the event that made it."""
    wanted = act.body.get(field)
    found = (duty for duty in act.core.duties() if duty.terms.kind == kind and duty.terms.level == wanted)
    return next(found, None)


class OpenCorrectiveAction(Body):
    """Have something mended in the bank, so that it does not happen again."""

    what: Text
    owner: Id
    due_on: DayAhead


def open_corrective_action(act: Act) -> Fact:
    """Somebody owes it to whoever opened it, whatever becomes of the case. Raises UnknownPerson, PartyConcerned."""
    owner = act.known_person("owner")
    if owner in act.rights.parties:
        raise PartyConcerned("/owner")
    debtor = act.post_of(Place(act.organisation.people[owner].unit, None, owner))
    creditor = act.post_of(Place(act.organisation.people[act.person].unit, None, act.person))
    opened = act.opens(CORRECTIVE_ACTION, debtor, creditor, level=act.event_id)
    return act.fact(CorrectiveActionOpened, opened=[opened], **act.said("what", "owner", "due_on"))


class CompleteCorrectiveAction(Body):
    """Say that it is mended. ``action``: the event that opened it."""

    action: Id
    words: Text


def complete_corrective_action(act: Act) -> Fact:
    """The owner, or his head, says how it was mended. Raises UnknownAction, CompletedAlready, NotEntitled."""
    duty = _made_by(act, CORRECTIVE_ACTION, "action")
    if duty is None:
        raise UnknownAction("/action")
    if duty.state != "open":
        raise CompletedAlready
    act = act.as_debtor_of(duty)
    return act.fact(CorrectiveActionCompleted, [ended(duty, "discharged")], **act.said("action", "words"))


class PassSuggestionUp(Body):
    """Pass up to a superior unit what the complaint suggests for products, rules or processes."""

    words: Text
    unit: Id


def pass_suggestion_up(act: Act) -> Fact:
    """The superior unit's general office owes an answer. Raises UnknownUnit, NotSuperior, NobodyToAsk."""
    unit = act.known_unit("unit")
    own = act.core.handler.unit if act.core.handler else act.accepting.unit
    if unit not in [above.id for above in act.organisation.upward(own)][1:]:
        raise NotSuperior("/unit")
    debtor = _filled(act, unit, OFFICE)
    if debtor is None:
        raise NobodyToAsk("/unit")
    author = CUSTOMER if act.core.customer_known else None
    opened = act.opens(ANSWER_SUGGESTION, debtor, author, level=act.event_id)
    return act.fact(SuggestionPassedUp, opened=[opened], **act.said("words", "unit"))


class AnswerSuggestion(Body):
    """Say what becomes of a suggestion; its author is told. ``suggestion``: the event that passed it up."""

    suggestion: Id
    adopted: Literal["yes", "partly", "no"]
    words: Text


def answer_suggestion(act: Act) -> Fact:
    """The superior unit answers, once. Raises UnknownSuggestion, AnsweredAlready, NotEntitled."""
    duty = _made_by(act, ANSWER_SUGGESTION, "suggestion")
    if duty is None:
        raise UnknownSuggestion("/suggestion")
    if duty.state != "open":
        raise AnsweredAlready
    act = act.as_debtor_of(duty)
    return act.fact(SuggestionAnswered, [ended(duty, "discharged")], **act.said("suggestion", "adopted", "words"))


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "request-assistance", RequestAssistance, AssistanceRequested, request_assistance,
        who=(HANDLER,),
        refused=(
            UnknownUnit, SameUnit, PartysUnit, UnknownPerson, OutsideUnit, PartyConcerned, NobodyToAsk, AskedAlready,
        ),
        effect="opens `assist`, which bars no closing; closing waives it",
    ),
    Declaration(
        "give-assistance", GiveAssistance, AssistanceGiven, give_assistance,
        who=(ASSISTING,),
        refused=(UnknownRequest, AnsweredAlready, UnknownDocument),
    ),
    Declaration(
        "open-corrective-action", OpenCorrectiveAction, CorrectiveActionOpened, open_corrective_action,
        who=(HANDLER, HEAD_OF_HANDLING_UNIT),
        stages=ALWAYS,
        refused=(UnknownPerson, PartyConcerned),
        effect="opens `corrective_action`, which outlives the case; its owner sees the action, not the case",
    ),
    Declaration(
        "complete-corrective-action", CompleteCorrectiveAction, CorrectiveActionCompleted, complete_corrective_action,
        who=(ACTION_OWNER,),
        stages=ALWAYS,
        refused=(UnknownAction, CompletedAlready),
    ),
    Declaration(
        "pass-suggestion-up", PassSuggestionUp, SuggestionPassedUp, pass_suggestion_up,
        who=(HANDLER, ACCEPTING),
        stages=ALWAYS,
        refused=(UnknownUnit, NotSuperior, NobodyToAsk),
        effect="opens `answer_suggestion`, which outlives the case",
    ),
    Declaration(
        "answer-suggestion", AnswerSuggestion, SuggestionAnswered, answer_suggestion,
        who=(SUGGESTION_OFFICE,),
        stages=ALWAYS,
        refused=(UnknownSuggestion, AnsweredAlready),
        effect="its author is told, if known",
    ),
)  # fmt: skip
