"""Letters with invented facts: an invented case is played in memory up to the letter, by the services themselves.

Nothing is appended and nothing is sealed, so the preview reads as the letter would.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ops.local.reference import as_published, shipped
from ops.previews import file_stories, plan_stories
from ops.previews.letter_stories import (
    ADDRESS,
    BEFORE,
    EMAIL,
    ONLY,
    STORIES,
    for_somebody_else,
    receipt,
    settlement,
    wants_a_call,
)
from ops.previews.second_look_stories import BEFORE as BEFORE_SECOND_LOOKS
from ops.previews.second_look_stories import ONLY as ONLY_SECOND_LOOKS
from ops.previews.second_look_stories import STORIES as OF_SECOND_LOOKS
from ops.previews.story_so_far import StorySoFar
from services.notify.decisions import SERVICE as NOTIFY
from services.notify.letters.addressees import Addressee
from services.notify.letters.content import content_of, quoted
from services.notify.letters.dossier import CaseDossier
from services.notify.letters.fields import Letter
from services.notify.letters.kind import LetterKind
from services.notify.letters.kinds import KINDS
from services.notify.letters.paper import printed
from services.notify.letters.reasons import Needless
from services.notify.letters.template import parse_template, render
from services.notify.needs import calls_for
from services.notify.sending.mail_and_sheet import Written, sheet
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.bank.in_force import bank_calendar, governing_pack, organisation_in_force
from shared.bank.pack import Pack
from shared.bank.reference import Reference
from shared.contract.envelope import Event, type_of
from shared.contract.events.base import EventData
from shared.contract.events.notify import MessageSendStarted, MessageSuppressed
from shared.contract.events.sla import ClockStarted
from shared.contract.ids import case_id, event_id
from shared.errors import BadReference
from shared.kernel.service import Context, LogTrigger, Service, Timer

ALL_BEFORE = BEFORE | BEFORE_SECOND_LOOKS | plan_stories.BEFORE | file_stories.BEFORE
"""Per kind of letter what has to have happened before."""
SERVICES: tuple[Service[Any], ...] = (ROUTING, SLA, NOTIFY)
ALL_ONLY = ONLY | ONLY_SECOND_LOOKS | plan_stories.ONLY | file_stories.ONLY
"""Per kind of letter the one story by which it is shown, where many facts can call for it."""
CASE = case_id("redress", "preview")
MORNING = datetime.fromisoformat("2026-03-05T10:00:00+08:00")
"""When the invented customer called: an ordinary working day, in the hours in which letters go out."""


@dataclass
class Rehearsal:
    """A case in memory: its events so far, and the states of the services that decide on it."""

    reference: Reference
    states: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def happen(
        self, data: EventData, cause: str, at: datetime, position: int = 0, actor: str = "service:preview"
    ) -> Event:
        """Let a fact happen, the ``position``-th that its cause was answered with; every service folds it."""
        place, name = len(self.events), type(data).__name__
        event = Event(
            id=event_id(data.producer, CASE, cause, position),
            source=f"/redress/{data.producer}",
            type=type_of(name, data.version),
            subject=CASE,
            time=at.isoformat(),
            recordedtime=at.isoformat(),
            causationid=cause,
            correlationid=CASE,
            basisid=None,
            actor=actor,
            data=data.model_dump(mode="json"),
            ordinal=place,
            basis_ordinal=place - 1,
        )
        self.events.append(event)
        for service in SERVICES:
            if name in service.folds:
                self.states[service.name] = service.evolve(self.states.get(service.name), event)
        return event

    def decided(self, service: Service[Any], cause: Event, at: datetime) -> list[Event]:
        """Let a service answer a fact; what it answers happens."""
        return self._answered(service, LogTrigger(cause), at)

    def fallen_due(self, service: Service[Any], at: datetime) -> list[Event]:
        """Let a service say what falls due last on the case until an instant; it happens."""
        timers = [timer for timer in service.timers(CASE, self.states[service.name]) if timer.due_at <= at]
        return self._answered(service, timers[-1], timers[-1].due_at)

    def _answered(self, service: Service[Any], trigger: LogTrigger | Timer, at: datetime) -> list[Event]:
        context = Context(service.name, CASE, trigger.id, at, self.reference)
        facts = service.decide(self.states.get(service.name), trigger, context)
        return [self.happen(fact.data, trigger.id, fact.happened_at or at, n) for n, fact in enumerate(facts)]


def preview(kind: str, language: str, organisation: Path) -> Letter:
    """A letter of a kind as it would read, with invented facts.

    Raises:
        BadReference: there is no such kind, the organisation file is not valid, or under it this letter is not sent.
    """
    return _written(kind, language, organisation, EMAIL)[0].letter


def on_paper(kind: str, language: str, organisation: Path) -> bytes:
    """The same as the PDF that the print room gets.

    Raises:
        BadReference: also where letters of this kind are never printed.
    """
    _known(kind)
    if not KINDS[kind].on_paper:
        printable = ", ".join(sorted(name for name, found in KINDS.items() if found.on_paper))
        raise BadReference(f"A letter of the kind {kind!r} is never printed; these are: {printable}.")
    written, data, at = _written(kind, language, organisation, ADDRESS)
    return printed(sheet(written, data), at)


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise BadReference(f"There is no letter of the kind {kind!r}; known: {', '.join(sorted(KINDS))}.")


def _written(
    kind: str, language: str, organisation_file: Path, reached: dict[str, str]
) -> tuple[Written, MessageSendStarted, datetime]:
    _known(kind)
    rehearsal = Rehearsal(as_published(shipped(organisation_file)))
    started = _played(rehearsal, kind, language, reached)
    data = MessageSendStarted.model_validate(started.data | {"language": language})
    organisation = organisation_in_force(rehearsal.reference, MORNING).organisation
    template = rehearsal.reference.in_force("template", f"{kind}.{language}", MORNING)
    dossier = CaseDossier.of(rehearsal.events, started)
    texts = {name: sealed.box for name, sealed in quoted(KINDS[kind], dossier).items()}
    pack = dossier.pack(rehearsal.reference)
    calendar = bank_calendar(rehearsal.reference, started.happened_at).calendar
    content = content_of(KINDS[kind], dossier, data, organisation, started.happened_at, texts, pack, calendar=calendar)
    letter = render(rehearsal.reference.parsed(template, parse_template), content)
    address = reached.get("address", "")
    return Written(letter, content, dossier, organisation, address), data, started.happened_at


def _reason(pack: Pack, *, has_target: bool) -> str | None:
    """A reason of a class of the pack that has a target or has none; None where the pack has no such class."""
    classes = [c for c in pack.classes.values() if (c.target_working_days is not None) is has_target]
    return next((reason for found in classes for reason in found.reasons), None)


def _played(rehearsal: Rehearsal, kind: str, language: str, reached: dict[str, str]) -> Event:
    """The start of the letter's sending, after the story that leads to it."""
    organisation = organisation_in_force(rehearsal.reference, MORNING).organisation
    reason = _reason(governing_pack(rehearsal.reference, MORNING).pack, has_target="target_on" in KINDS[kind].must_say)
    call = receipt(organisation, reason, language, reached, MORNING)
    if Addressee.CLAIMED_SETTLER in KINDS[kind].to:
        call = call.model_copy(update={"settlement": settlement(StorySoFar(organisation, (), language, MORNING))})
    if Addressee.PROXY in KINDS[kind].to or Needless.NO_CLAIM in KINDS[kind].unless:
        call = for_somebody_else(call)
    if KINDS[kind].ends == "deliver_supervision_form":  # which is owed to nobody who calls
        call = call.model_copy(update={"channel": "walk_in"})
    if Needless.NO_CALL_WISHED in KINDS[kind].unless:
        call = wants_a_call(call)
    received = rehearsal.happen(call, "call", MORNING)
    routed = rehearsal.decided(ROUTING, received, MORNING)[0]
    clock, at = rehearsal.decided(SLA, received, MORNING)[0], MORNING
    rehearsal.decided(SLA, routed, at)
    letters = rehearsal.decided(NOTIFY, clock, at)
    if KINDS[kind].falls_due:
        letters = _fallen_due(rehearsal, kind, StorySoFar(organisation, rehearsal.events, language, MORNING))
    elif kind in ALL_BEFORE or not calls_for(KINDS[kind], clock.name, clock.data):
        at = MORNING + timedelta(days=1)
        told = StorySoFar(organisation, rehearsal.events, language, at)
        who = f"person:{told.somebody_else().person}"
        if kind in ALL_BEFORE:
            before = rehearsal.happen(ALL_BEFORE[kind](told), "before", at, actor=who)
            for anew in rehearsal.decided(SLA, before, at):
                if anew.name == ClockStarted.__name__ and anew.data["duty_id"] is None:
                    letters = rehearsal.decided(NOTIFY, anew, at)
            if kind in BEFORE and calls_for(KINDS[kind], clock.name, clock.data):
                return _found(kind, letters)
        happened = rehearsal.happen(_story(KINDS[kind], told), "story", at, actor=who)
        letters = rehearsal.decided(NOTIFY, happened, at)
    return _found(kind, letters)


def _fallen_due(rehearsal: Rehearsal, kind: str, told: StorySoFar) -> list[Event]:
    """What falls due a day after the first letters, or after what leads to such a letter."""
    leading_to = plan_stories.LEADING_TO.get(kind, ())
    for place, story in enumerate(leading_to):
        rehearsal.happen(story(told), f"story {place}", told.at, actor=f"person:{told.handler().person}")
    return rehearsal.fallen_due(NOTIFY, told.at + timedelta(days=3 if leading_to else 1))


def _story(kind: LetterKind, told: StorySoFar) -> EventData:
    """The first of the invented facts that calls for a letter of this kind.

    Raises:
        BadReference: none does.
    """
    if (only := ALL_ONLY.get(kind.name)) is not None:
        return only(told)
    for story in (*OF_SECOND_LOOKS, *STORIES, *plan_stories.STORIES):
        fact = story(told)
        if calls_for(kind, type(fact).__name__, fact.model_dump(mode="json")):
            return fact
    raise BadReference(f"No letter of the kind {kind.name!r} can be shown: no invented fact calls for one.")


def _found(kind: str, letters: list[Event]) -> Event:
    for letter in letters:
        if letter.data.get("kind") == kind and letter.name == MessageSendStarted.__name__:
            return letter
    why = next((e.data["why"] for e in letters if e.name == MessageSuppressed.__name__), "nothing calls for it")
    raise BadReference(f"With this organisation no letter of the kind {kind!r} would be sent: {why}.")
