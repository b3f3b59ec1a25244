"""The row of a receipt tells a handler who complains, of what and whom, and why it comes to him. Pure."""

from datetime import date
from typing import Any

from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import Draft, Fill, Quote
from shared.contract.amounts import date_in_words, money_in_words

COMPLAINANT = Field(
    "complainant", "the customer's name, else the first representative's, if there is one", always=False
)
COMPLAINANT_PHONE = Field("complainant_phone", "the customer's telephone, as the last receipt has it", always=False)
IDENTITY_CHECKED = Field("identity_checked", "whether it was checked at the receipt who calls", Shape.WHETHER)
REACHABLE = Field("reachable", "whether there is a customer who can be told anything", Shape.WHETHER)
PERSONS = Field("persons", "names of the staff complained about, perhaps none", Shape.ROW, always=False)
INCIDENT_ON = Field("incident_on", "bank date on which it happened", always=False)
AMOUNT = Field("amount", "the amount at issue", always=False)
FIRST_ASKED = Field("first_asked", "name and unit of who was asked first")
REPEATED = Field("repeated", "whether the receipt says that it is a repetition of an earlier complaint", Shape.WHETHER)
PASSED_ON_BY = Field("passed_on_by", "the body that passed the complaint on, by name, else its kind", always=False)
BODYS_NUMBER = Field("bodys_number", "under which that body keeps the matter", always=False)
BODYS_DUE_ON = Field("bodys_due_on", "bank date until which that body wants its answer", always=False)
FILES = Field("files", "how many files there are", Shape.NUMBER)
STEPPED_ASIDE = Field("stepped_aside", "names of those who would handle it but are concerned", Shape.ROW, always=False)


def _receipt(draft: Draft) -> Any:
    return draft.dossier.last("ComplaintReceived")


def _incident_on(draft: Draft) -> str | None:
    at = _receipt(draft).matter.incident_at
    return draft.date_of(at) if at else None


def _amount(draft: Draft) -> str | None:
    matter = _receipt(draft).matter
    if matter.amount_minor is None or matter.currency is None:
        return None
    return money_in_words(matter.amount_minor, matter.currency, draft.language)


def _passed_on_by(draft: Draft) -> str | None:
    """The body, on whatever channel the complaint came."""
    receipt = _receipt(draft)
    kind = receipt.origin.kind
    named = receipt.origin.body or receipt.details.get("body")
    return named or (draft.words(kind) if kind != "none" else None)


def _bodys_due_on(draft: Draft) -> str | None:
    receipt = _receipt(draft)
    said = receipt.details.get("reply_due_on")
    due_on = receipt.origin.reply_due_on or (date.fromisoformat(said) if said else None)
    return date_in_words(due_on, draft.language) if due_on else None


def _first_asked(draft: Draft) -> str:
    """Who was asked first, as the last routing found; before there is one, the unit that received it."""
    decision = draft.dossier.last("CaseRouted").decision if draft.dossier.did("CaseRouted") else None
    asked = decision.first_asked if decision else _receipt(draft).received_by
    unit = draft.unit_name(asked.unit)
    if not asked.person:
        return unit
    name = draft.person_name(asked.person)
    return f"{name}（{unit}）" if draft.language == "zh" else f"{name}, {unit}"


def _stepped_aside(draft: Draft) -> tuple[str, ...]:
    """Whom the routing that the letter answers passed over because they are concerned."""
    dossier = draft.dossier
    if dossier.cause.name == "CaseRerouted":
        refused = dossier.last("CaseRerouted").decision.refused
    elif dossier.did("CaseRouted") and dossier.cause.name != "HandlerReassigned":
        refused = dossier.last("CaseRouted").decision.refused
    else:
        return ()
    concerned = dict.fromkeys(one.person for one in refused if one.reason == "party_concerned")
    return tuple(draft.person_name(person) for person in concerned)


ROW: dict[Field, Fill] = {
    IDENTITY_CHECKED: lambda draft: bool(_receipt(draft).details.get("identity_verified")),
    REACHABLE: lambda draft: draft.dossier.customer_known,
    PERSONS: lambda draft: tuple(draft.person_name(one) for one in _receipt(draft).matter.complained_persons),
    INCIDENT_ON: _incident_on,
    AMOUNT: _amount,
    FIRST_ASKED: _first_asked,
    REPEATED: lambda draft: (found := _receipt(draft).relates_to) is not None and found.relation == "repeat",
    PASSED_ON_BY: _passed_on_by,
    BODYS_NUMBER: lambda draft: (receipt := _receipt(draft)).origin.reference or receipt.details.get("reference"),
    BODYS_DUE_ON: _bodys_due_on,
    FILES: lambda draft: draft.dossier.how_many("EvidenceAdded"),
    STEPPED_ASIDE: _stepped_aside,
}
ROWS_TEXTS: dict[Field, Quote] = {
    COMPLAINANT: lambda dossier: dossier.complainant_name,
    COMPLAINANT_PHONE: lambda dossier: dossier.customer_phone,
}
