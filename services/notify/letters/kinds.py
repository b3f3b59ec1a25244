"""This list gathers the kinds of letters, in the order in which one fact's letters are decided. Pure."""

from services.notify.letters.approvals import APPROVALS
from services.notify.letters.assignments import ASSIGNMENTS
from services.notify.letters.boxes import BOXES
from services.notify.letters.call_first import CALLS
from services.notify.letters.chasers import CHASERS
from services.notify.letters.corrections import CORRECTIONS
from services.notify.letters.duties_over import DUTIES_OVER_LETTERS
from services.notify.letters.duty_notices import DUTY_NOTICES
from services.notify.letters.first_letters import FIRST_LETTERS
from services.notify.letters.infected_files import INFECTED_FILES
from services.notify.letters.kind import LetterKind, Ownership
from services.notify.letters.moved_dates import MOVED_DATES
from services.notify.letters.news import NEWS
from services.notify.letters.occasions import When
from services.notify.letters.outcome_letters import OUTCOME_LETTERS
from services.notify.letters.owner_changes import OWNER_CHANGES
from services.notify.letters.passing_papers import PASSING_PAPERS
from services.notify.letters.plans import PLANS
from services.notify.letters.reports import REPORTS
from services.notify.letters.second_looks import SECOND_LOOKS
from services.notify.letters.settlement_claims import SETTLEMENT_CLAIMS
from services.notify.letters.speakers import SPEAKER_LETTERS

DECLARED: dict[str, LetterKind] = {
    kind.name: kind
    for kind in (
        *FIRST_LETTERS,
        *SETTLEMENT_CLAIMS,
        *SPEAKER_LETTERS,
        *OWNER_CHANGES,
        *CHASERS,
        *DUTY_NOTICES,
        *DUTIES_OVER_LETTERS,
        *BOXES,
        *OUTCOME_LETTERS,
        *SECOND_LOOKS,
        *CALLS,
        *PLANS,
        *REPORTS,
        *PASSING_PAPERS,
        *APPROVALS,
        *NEWS,
        *INFECTED_FILES,
        *CORRECTIONS,
        *ASSIGNMENTS,
        *MOVED_DATES,
    )
}
"""Every kind that some fact calls for."""
KINDS = {name: kind for name, kind in DECLARED.items() if kind.never is None}
"""Those that are written, so that they have templates."""
TELL_DATE = frozenset(name for name, kind in KINDS.items() if kind.tells_date)
"""The kinds from which their readers know the limit."""
HAND_OVER = frozenset(name for name, kind in DECLARED.items() if kind.tells is Ownership.YOURS)
TAKE_BACK = frozenset(name for name, kind in DECLARED.items() if kind.tells is Ownership.NO_LONGER_YOURS)
"""The kinds that tell somebody that a case is theirs, and that it no longer is."""
RESERVED = frozenset({"explanation_chaser"})
"""Kinds of the contract that nothing calls for yet."""
_ALL = tuple(occasion for kind in DECLARED.values() for occasion in kind.occasions)
OCCASIONS: dict[str, frozenset[When]] = {
    event: frozenset(one.when for one in _ALL if one.event == event)
    for event in dict.fromkeys(one.event for one in _ALL)
}
"""Every event type that calls for letters, and the conditions under which it calls for some."""
SINCE = {event: min(one.since for one in _ALL if one.event == event) for event in OCCASIONS}
"""Since which recorded time each of them does."""
