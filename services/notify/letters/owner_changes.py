"""These letters tell whoever gets a case, as handler or as agent, whom it is taken from, and of major ones. Pure."""

from typing import Any

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.customers_words import (
    NARRATIVE,
    REQUEST,
    SAID_AGAIN,
    said_again,
    texts_of_further_receipts,
)
from services.notify.letters.fields import Field, Shape
from services.notify.letters.kind import LetterKind, Ownership
from services.notify.letters.occasions import AGENT_NAMED, ESCALATED, MAJOR, REASSIGNED, REROUTED
from services.notify.letters.reasons import Needless
from services.notify.letters.receipt_row import ROW, ROWS_TEXTS
from services.notify.letters.who_speaks import WHO_SPEAKS, names_of_speakers
from services.notify.letters.wishes import PEOPLE, PEOPLES_TEXTS, descriptions
from services.notify.letters.words import DONE
from shared.case.duty_kinds import FOLLOWS_HANDLER
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.casework import InvestigationRecorded
from shared.contract.events.ownership import AgentNamed, EscalationRequested
from shared.contract.events.second_looks import MajorFlagged
from shared.contract.words import MAJOR_BECAUSE

TAKES_OVER = Field("takes_over", "whether the person above takes the case over, or supports the handler", Shape.WHETHER)
WHY = Field("escalated_because", "why it was escalated, in words")
ASKED_BECAUSE = Field("asked_because", "the reason that whoever asked for it gave, as it was typed", always=False)
LEVEL = Field("level", "the complaint's level, in words")
DONE_SO_FAR = Field("done_so_far", "a row of what was done so far, perhaps nothing", Shape.ROW, always=False)
FOUND_SO_FAR = Field("found_so_far", "what was found so far, as it was typed", always=False)
AGENT = Field("for_agent", "whether its reader is the agent", Shape.WHETHER)
SILENT = Field("silent", "whether it goes up because nobody was heard from in time", Shape.WHETHER)
BECAUSE = Field("because", "why the complaint is a major one, in words")
FLAGGED_BY = Field("flagged_by", "the name of who flagged it; nobody where it is so by its receipt", always=False)
HAPPENED = Field("happened", "what has happened, as it was typed when it was flagged", always=False)
HOW_MANY = Field("people", "how many people complain together, where it is known", Shape.NUMBER, always=False)
NEXT_REPORT = Field("next_report_at", "when the next report is due, where that was said", always=False)
AGENT_NAME = Field("agent_name", "the name of who was named as agent")


def _done_so_far(draft: Draft) -> tuple[str, ...]:
    """What was done so far: the day, who did it and what."""
    return tuple(_done(draft, event) for event in draft.dossier.happened(*DONE[draft.language]))


def _done(draft: Draft, event: Event) -> str:
    said: dict[str, Any] = {
        name: draft.words(str(event.data[name])) for name in ("way", "outcome") if name in event.data
    }
    what = DONE[draft.language][event.name].format(who=draft.who(event.actor), **said)
    day = draft.date_of(event.happened_at)
    return f"{day}，{what}" if draft.language == "zh" else f"{day}: {what}"


def _found_so_far(dossier: Dossier) -> Sealed | None:
    return dossier.latest(InvestigationRecorded).findings if dossier.how_many("InvestigationRecorded") else None


def _asked_because(dossier: Dossier) -> Sealed | None:
    """The reason of whoever asked for it; of an escalation by rule there is none."""
    if dossier.cause.data["ground"] != REQUESTED or not dossier.how_many(EscalationRequested.__name__):
        return None
    return dossier.latest(EscalationRequested).reason


REQUESTED = "requested"
"""The ground of an escalation that somebody asked for."""
ESCALATION_NOTICE = LetterKind(
    "escalation_notice",
    occasions=(ESCALATED,),
    to=(Addressee.PERSON_ABOVE,),
    must_say=("received_on", "complained_unit", "narrative"),
    knows={
        TAKES_OVER: lambda draft: draft.dossier.cause.data["mode"] == "takes_over",
        WHY: lambda draft: draft.words(draft.dossier.cause.data["ground"]),
        LEVEL: lambda draft: draft.words(draft.dossier.level),
        DONE_SO_FAR: _done_so_far,
        SILENT: lambda draft: draft.dossier.cause.data["ground"] == "silence",
        SAID_AGAIN: said_again,
        **ROW,
        **WHO_SPEAKS,
        **PEOPLE,
    },
    opens=lambda dossier: {**texts_of_further_receipts(dossier), **names_of_speakers(dossier), **descriptions(dossier)},
    quotes={
        NARRATIVE: lambda dossier: dossier.narrative,
        REQUEST: lambda dossier: dossier.request,
        **ROWS_TEXTS,
        **PEOPLES_TEXTS,
        ASKED_BECAUSE: _asked_because,
        FOUND_SO_FAR: _found_so_far,
    },
    ends="deliver_written_notice",
    tells=Ownership.YOURS,
    tells_date=True,
)
HANDOVER_CANCELLED = LetterKind(
    "handover_cancelled",
    occasions=(REROUTED, REASSIGNED, ESCALATED, AGENT_NAMED),
    to=(Addressee.FORMER_HANDLERS,),
    must_say=("handler_name",),
    relieves=FOLLOWS_HANDLER,
    tells=Ownership.NO_LONGER_YOURS,
)
DELEGATION_NOTICE = LetterKind(
    "delegation_notice",
    occasions=(AGENT_NAMED,),
    to=(Addressee.AGENT, Addressee.HANDLER),
    must_say=("received_on", "complained_unit", "agent_name", "narrative"),
    knows={
        AGENT: lambda draft: draft.is_reader(draft.dossier.latest(AgentNamed).agent),
        AGENT_NAME: lambda draft: draft.person_name(draft.dossier.latest(AgentNamed).agent),
        SAID_AGAIN: said_again,
    },
    opens=texts_of_further_receipts,
    quotes={NARRATIVE: lambda dossier: dossier.narrative, REQUEST: lambda dossier: dossier.request},
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
    tells=Ownership.YOURS,
    tells_date=True,
)


def _flagged(dossier: Dossier) -> MajorFlagged | None:
    """The act that flagged it; None where it is a major one by its receipt."""
    return dossier.latest(MajorFlagged) if dossier.how_many(MajorFlagged.__name__) else None


def _because(draft: Draft) -> str:
    flagged = _flagged(draft.dossier)
    return MAJOR_BECAUSE[flagged.ground if flagged else "many_people"][draft.language != "zh"]


def _next_report(draft: Draft) -> str | None:
    flagged = _flagged(draft.dossier)
    return draft.moment_of(flagged.next_report_at) if flagged and flagged.next_report_at else None


def _flagged_by(draft: Draft) -> str | None:
    return draft.who(draft.dossier.doer(MajorFlagged.__name__)) if _flagged(draft.dossier) else None


def _happened(dossier: Dossier) -> Sealed | None:
    flagged = _flagged(dossier)
    return flagged.words if flagged else None


MAJOR_REPORT = LetterKind(
    "major_report",
    occasions=MAJOR,
    to=(Addressee.PRESIDENT_OFFICE,),
    must_say=("because", "complained_unit", "narrative", "handler_name"),
    knows={
        BECAUSE: _because,
        FLAGGED_BY: _flagged_by,
        HOW_MANY: lambda draft: draft.dossier.people,
        DONE_SO_FAR: _done_so_far,
        NEXT_REPORT: _next_report,
    },
    quotes={
        NARRATIVE: lambda dossier: dossier.narrative,
        HAPPENED: _happened,
        FOUND_SO_FAR: _found_so_far,
    },
    unless=(Needless.LONG_AGO,),
)
OWNER_CHANGES = (ESCALATION_NOTICE, HANDOVER_CANCELLED, DELEGATION_NOTICE, MAJOR_REPORT)
