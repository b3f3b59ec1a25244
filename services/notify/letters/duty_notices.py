"""A notice of a duty tells whoever owes something new what it is, until when, and why it comes to him. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import FIRST_FACTS, GIVES_DUTIES
from services.notify.letters.reasons import Needless
from services.notify.letters.words import OWED_BECAUSE, OWED_BY, OWED_WITHIN
from shared.case.duty_kinds import EXECUTE_REMEDY, EXECUTE_STEP, KINDS, called
from shared.contract.amounts import date_in_words, money_in_words
from shared.contract.events.agreements import NegotiationPlanOffered
from shared.contract.events.base import Sealed

DUTIES = Field("duties", "a row: what its reader owes from now on, until when, and what was said of it", Shape.ROW)
BECAUSE = Field("owed_because", "why it comes to its reader, in words")
GRANTING = ("DecisionMade", "DecisionRevised", "SettledOnTheSpot", NegotiationPlanOffered.__name__)
"""The facts that list steps and remedies; a duty to carry one out names the fact, and its number there."""


Money = tuple[int, str]
"""Minor units of a currency."""


class Part(NamedTuple):
    """Holds a step or a remedy as the fact lists it."""

    said: Sealed | None
    due_on: Any = None
    amount: Money | None = None
    kind: str | None = None


def _parts(dossier: Dossier) -> Iterator[tuple[str, Part]]:
    """The steps and remedies that are newly owed, each by the kind and level of its duty."""
    for duty in dossier.newly_owed:
        if duty.terms.kind in (EXECUTE_STEP, EXECUTE_REMEDY) and duty.terms.level:
            by, _, number = duty.terms.level.rpartition("/")
            if number.isdigit():
                yield from ((_named(duty.terms), part) for part in _part(dossier, duty.terms.kind, by, int(number)))


def _named(terms: Any) -> str:
    """The name under which the sealed text of a step or remedy is opened: one of a plan may have the number of both."""
    return f"{terms.kind} {terms.level}"


def _part(dossier: Dossier, kind: str, by: str, number: int) -> Iterator[Part]:
    for event in (dossier.cause, *dossier.happened(*GRANTING)):
        if event.id == by and event.name in GRANTING:
            listed = _listed(event.data, kind)
            if number <= len(listed):
                found = listed[number - 1]
                typed = found.get("what") or found.get("words")
                said = Sealed.model_validate(typed) if typed else None
                yield Part(said, found.get("due_on"), _money(found), found.get("kind"))
                return


def _money(remedy: Mapping[str, Any]) -> Money | None:
    amount, currency = remedy.get("amount_minor"), remedy.get("currency")
    return (amount, currency) if amount is not None and currency is not None else None


def _listed(data: Mapping[str, Any], kind: str) -> list[Any]:
    if kind == EXECUTE_STEP:
        return list(data["steps"])
    if "settlement" in data:
        return [data["settlement"]["remedy"]]
    return list(data["remedies_offered"] if "remedies_offered" in data else data["remedies"])


def _duties(draft: Draft) -> tuple[str, ...]:
    parts = dict(_parts(draft.dossier))
    mine = (duty for duty in draft.dossier.newly_owed if draft.is_owed_by_reader(duty))
    return tuple(_duty(draft, duty.terms, parts.get(_named(duty.terms))) for duty in mine)


def _duty(draft: Draft, terms: Any, part: Part | None) -> str:
    """One duty: what it is, by when, and of a step or a remedy what was said of it."""
    language = draft.language
    what = called(terms.kind, language)
    if until := _until(terms.kind, part, language):
        what = f"{what}（{until}）" if language == "zh" else f"{what}, {until}"
    said = _said(draft, draft.opened(_named(terms)), part) if part is not None else ""
    if said:
        what = f"{what}：{said}" if language == "zh" else f"{what}: {said}"
    return what[:1].upper() + what[1:]


def _until(kind: str, part: Part | None, language: str) -> str:
    if part is not None and part.due_on is not None:
        return OWED_BY[language].format(date_in_words(date.fromisoformat(part.due_on), language))
    limit = KINDS[kind].limit
    return OWED_WITHIN[language][limit.unit].format(limit.amount) if limit is not None else ""


def _said(draft: Draft, typed: str | None, part: Part) -> str:
    said = (typed or "").rstrip("。.；; \n")
    if part.kind is None:
        return said
    money = money_in_words(*part.amount, draft.language) if part.amount is not None else ""
    zh = draft.language == "zh"
    named = draft.words(part.kind) + (money if zh else f" of {money}" if money else "")
    return named + ((f"，{said}" if zh else f", {said}") if said else "")


DUTY_NOTICE = LetterKind(
    "duty_notice",
    occasions=(*FIRST_FACTS, *GIVES_DUTIES),
    to=(Addressee.NEW_DEBTORS,),
    must_say=("duties", "owed_because", "complained_unit", "received_on"),
    knows={
        DUTIES: _duties,
        BECAUSE: lambda draft: OWED_BECAUSE[draft.language].get(
            draft.dossier.cause.name, OWED_BECAUSE[draft.language][""]
        ),
    },
    opens=lambda dossier: {name: part.said for name, part in _parts(dossier)},
    unless=(Needless.DUTIES_DONE, Needless.LONG_AGO),
    after_withdrawal=True,
)
DUTY_NOTICES = (DUTY_NOTICE,)
