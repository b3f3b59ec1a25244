"""The row of a receipt tells a handler who complains, of what and whom, and why it comes to him. Pure."""

from datetime import date
from typing import Any

from services.notify.letters.asked import Draft, Fill, Quote
from services.notify.letters.fields import Field, Shape
from shared.contract.amounts import date_in_words, money_in_words
from shared.contract.channels import TRANSFERRED, WITH_FORMS
from shared.contract.events.intake import RelatesTo
from shared.contract.words import BODIES

COMPLAINANT = Field(
    "complainant", "the customer's name, else the first representative's, if there is one", always=False
)
COMPLAINANT_PHONE = Field("complainant_phone", "the customer's telephone, as the last receipt has it", always=False)
IDENTITY_CHECKED = Field("identity_checked", "whether it was checked at the receipt who calls", Shape.WHETHER)
PERSONS = Field("persons", "names of the staff complained about, perhaps none", Shape.ROW, always=False)
INCIDENT_ON = Field("incident_on", "bank date on which it happened", always=False)
AMOUNT = Field("amount", "the amount at issue", always=False)
FIRST_ASKED = Field("first_asked", "name and unit of who was asked first")
REPEATED = Field("repeated", "whether the receipt says that it is a repetition of an earlier complaint", Shape.WHETHER)
TIMES = Field("repeat_times", "how often the same was complained of, of a repetition", Shape.NUMBER, always=False)
FORMER = Field("former_number", "the number of the complaint that it repeats", always=False)
BODY = Field("transferred_by", "the body that passed the complaint on, if one did", always=False)
BODYS_NUMBER = Field("transfer_number", "the number of its paper", always=False)
BODYS_DATE = Field("transfer_due_on", "bank date by which it wants an answer", always=False)
FROM_UNIT = Field("from_unit", "name of the unit that passes it on")
PASSED_WITH = Field("passed_with", "what whoever passes it on says to it, as typed", always=False)
FILES = Field("files", "how many files there are", Shape.NUMBER)
NOTHING = RelatesTo(case_id="-", relation="repeat")
"""What a complaint repeats that repeats nothing."""
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


def _repeats(draft: Draft) -> RelatesTo:
    """The complaint that it repeats, if it does."""
    found: RelatesTo | None = _receipt(draft).relates_to
    return found if found is not None and found.relation == "repeat" else NOTHING


def _body(draft: Draft) -> str | None:
    """Who passed it on: a unit of the bank, a body by its name, else by its kind."""
    receipt = _receipt(draft)
    origin, details = receipt.origin, receipt.details
    if receipt.channel in TRANSFERRED and details.get("unit"):
        return draft.unit_name(str(details["unit"]))
    if receipt.channel in WITH_FORMS and details.get("body"):
        return str(details["body"])
    if origin.body or origin.kind == "none":
        return origin.body if origin.kind != "none" else None
    return BODIES[origin.kind][0 if draft.language == "zh" else 1]


def _bodys_date(draft: Draft) -> str | None:
    receipt = _receipt(draft)
    due_on, said = receipt.origin.reply_due_on, receipt.details.get("reply_due_on")
    due_on = due_on or (date.fromisoformat(str(said)) if said else None)
    return date_in_words(due_on, draft.language) if due_on else None


def _bodys_number(draft: Draft) -> str | None:
    receipt = _receipt(draft)
    number = receipt.origin.reference or receipt.details.get("reference")
    return str(number) if number else None


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
    PERSONS: lambda draft: tuple(draft.person_name(one) for one in _receipt(draft).matter.complained_persons),
    INCIDENT_ON: _incident_on,
    AMOUNT: _amount,
    FIRST_ASKED: _first_asked,
    REPEATED: lambda draft: _repeats(draft) is not NOTHING,
    TIMES: lambda draft: _repeats(draft).times,
    FORMER: lambda draft: _repeats(draft).case_number,
    BODY: _body,
    BODYS_NUMBER: _bodys_number,
    BODYS_DATE: _bodys_date,
    FILES: lambda draft: draft.dossier.how_many("EvidenceAdded"),
    STEPPED_ASIDE: _stepped_aside,
}
ROWS_TEXTS: dict[Field, Quote] = {
    COMPLAINANT: lambda dossier: dossier.complainant_name,
    COMPLAINANT_PHONE: lambda dossier: dossier.customer_phone,
}
