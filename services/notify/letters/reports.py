"""Reports tell those above the result of a case, with the six elements that article 4 asks for. Pure."""

from datetime import datetime
from typing import Any, NamedTuple

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import PASSED_UP, REPORTED, REPORTED_UP, SETTLED
from services.notify.letters.receipt_row import BODY, BODYS_NUMBER, FILES, FROM_UNIT, PASSED_WITH, ROW
from shared.contract.events.base import Sealed
from shared.contract.events.casework import ResultReported, SettledOnTheSpot

CAUSE_AND_FINDINGS = Field("cause_and_findings", "element 1: the cause and what was found, as it was typed")
TREATMENT_OF_PERSONS = Field("treatment_of_persons", "element 2: the treatment of the persons responsible, as typed")
LESSONS_AND_MEASURES = Field("lessons_and_measures", "element 3: lessons and corrective measures, as typed")
SATISFACTION = Field("satisfaction", "element 4: the customer's satisfaction, in words")
HANDLED_ON = Field("handled_on", "element 5: bank date of the handling")
HANDLER_AND_PHONE = Field("handler_and_phone", "element 6: handler and telephone, as typed")
COPIES = Field("copies", "names of the units and people that get a copy, perhaps none", Shape.ROW, always=False)
NO_COPY_REASON = Field("no_copy_reason", "why there is no copy, as typed", always=False)


class Result(NamedTuple):
    """Holds the result of a case as it is reported: from the handler's report, or from a settlement in its place."""

    cause_and_findings: Sealed
    treatment_of_persons: Sealed
    lessons_and_measures: Sealed
    satisfaction: str
    handled_at: datetime
    handler_and_phone: Sealed
    copy_to: tuple[str, ...]
    no_copy_reason: Sealed | None


def result_of(dossier: Dossier) -> Result:
    """The result that the letter reports: what a settlement says that calls for it, else the handler's report."""
    if dossier.cause.name == SettledOnTheSpot.__name__:
        said = dossier.latest(SettledOnTheSpot).settlement
        return Result(
            said.findings, said.treatment_of_persons, said.lessons_and_measures, said.satisfaction.value,
            dossier.cause.happened_at, said.handler_and_phone, said.copy_to, None,
        )  # fmt: skip
    report = dossier.latest(ResultReported)
    return Result(
        report.cause_and_findings, report.treatment_of_persons, report.lessons_and_measures, report.satisfaction,
        report.handled_at, report.handler_and_phone, report.copy_to, report.no_copy_reason,
    )  # fmt: skip


RESULT_REPORT = LetterKind(
    "result_report",
    occasions=(REPORTED, SETTLED),
    to=(Addressee.ACCEPTING_PERSON, Addressee.OFFICE_ABOVE, Addressee.COPIES),
    must_say=(
        "cause_and_findings",
        "treatment_of_persons",
        "lessons_and_measures",
        "satisfaction",
        "handled_on",
        "handler_and_phone",
    ),
    knows={
        SATISFACTION: lambda draft: draft.words(result_of(draft.dossier).satisfaction),
        HANDLED_ON: lambda draft: draft.date_of(result_of(draft.dossier).handled_at),
        COPIES: lambda draft: tuple(draft.name_of(copy) for copy in result_of(draft.dossier).copy_to),
    },
    quotes={
        CAUSE_AND_FINDINGS: lambda dossier: result_of(dossier).cause_and_findings,
        TREATMENT_OF_PERSONS: lambda dossier: result_of(dossier).treatment_of_persons,
        LESSONS_AND_MEASURES: lambda dossier: result_of(dossier).lessons_and_measures,
        HANDLER_AND_PHONE: lambda dossier: result_of(dossier).handler_and_phone,
        NO_COPY_REASON: lambda dossier: result_of(dossier).no_copy_reason,
    },
)
LAST_LEVEL = Field("last_level", "whether it goes no further up", Shape.WHETHER)


def _passed_up(dossier: Dossier) -> Any:
    """The act that passes the report on; None where the handler himself makes it."""
    return dossier.last(PASSED_UP.event) if dossier.cause.name == PASSED_UP.event else None


def _from_unit(draft: Draft) -> str:
    passed = _passed_up(draft.dossier)
    handling = draft.dossier.chains.report[:1]
    return draft.unit_name(passed.level if passed else handling[0]) if passed or handling else "-"


def _passed_with(dossier: Dossier) -> Sealed | None:
    passed = _passed_up(dossier)
    words: Sealed | None = passed.words if passed else None
    return words


def _is_last(draft: Draft) -> bool:
    passed = _passed_up(draft.dossier)
    return bool(passed is not None and passed.last)


LEVEL_REPORT = LetterKind(
    "level_report",
    occasions=(REPORTED_UP, PASSED_UP),
    to=(Addressee.NEXT_LEVEL, Addressee.COPIES),
    must_say=("from_unit", *RESULT_REPORT.must_say),
    knows={
        FROM_UNIT: _from_unit,
        LAST_LEVEL: _is_last,
        **{field: ROW[field] for field in (BODY, BODYS_NUMBER, FILES)},
        **RESULT_REPORT.knows,
    },
    quotes={PASSED_WITH: _passed_with, **RESULT_REPORT.quotes},
)
REPORTS = (RESULT_REPORT, LEVEL_REPORT)
