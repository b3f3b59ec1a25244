"""These letters tell what became of the proof that somebody may speak for a customer, and who speaks now. Pure."""

from collections.abc import Mapping

from services.notify.letters.addressees import Addressee
from services.notify.letters.asked import Dossier, Draft
from services.notify.letters.fields import SPEAKER_IN_CASE, Field, Shape
from services.notify.letters.kind import LetterKind
from services.notify.letters.occasions import AUTHORITY_CHECKED, AUTHORITY_OVER, SPEAKERS_CHANGED
from services.notify.letters.proof_wanted import (
    PROOF_WANTED,
    SPOKEN_AS,
    proofs_in_words,
    spoken_as,
)
from services.notify.letters.reasons import Needless
from shared.case.duty_kinds import FOLLOWS_HANDLER
from shared.case.speakers import CLAIMED, PROVED
from shared.contract.amounts import date_in_words
from shared.contract.events.base import Sealed
from shared.contract.events.intake import SealedGroupPerson
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged

CHECKED_BY = Field("checked_by", "the name of who looked at the proofs")
IS_PROVED = Field("is_proved", "whether it is proved", Shape.WHETHER)
UNTIL = Field("until", "the last day for which the authority was given, if one was named", always=False)
CHANGED_BY = Field("changed_by", "the name of who recorded the change")
CHANGED_TO = Field("new_speakers", "names of those who speak from now on, perhaps none", Shape.ROW, always=False)
NO_LONGER = Field("former_speakers", "names of those who speak no longer, perhaps none", Shape.ROW, always=False)
STILL_TO_PROVE = Field("still_to_prove", "whether it has yet to be proved that somebody new may speak", Shape.WHETHER)


AUTHORITY_REFUSED = LetterKind(
    "authority_refused",
    occasions=(AUTHORITY_CHECKED,),
    to=(Addressee.PROXY,),
    must_say=("received_on", "proof_wanted", "accepting_unit"),
    knows={SPOKEN_AS: spoken_as, PROOF_WANTED: proofs_in_words},
    unless=(Needless.NOT_REFUSED,),
    on_paper=True,
)


def _checked(draft: Draft) -> AuthorityChecked:
    return draft.dossier.latest(AuthorityChecked)


def _until(draft: Draft) -> str | None:
    until = _checked(draft).until
    return date_in_words(until, draft.language) if until else None


AUTHORITY_NOTICE = LetterKind(
    "authority_notice",
    occasions=(AUTHORITY_CHECKED,),
    to=(Addressee.WORKING,),
    must_say=("checked_by",),
    knows={
        CHECKED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        IS_PROVED: lambda draft: _checked(draft).authority == PROVED,
        UNTIL: _until,
        SPEAKER_IN_CASE: spoken_as,
    },
    relieves=FOLLOWS_HANDLER,
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)


AUTHORITY_ENDED = LetterKind(
    "authority_ended",
    occasions=(AUTHORITY_OVER,),
    to=(Addressee.WORKING,),
    must_say=("speaks_as",),
    knows={UNTIL: _until, SPEAKER_IN_CASE: spoken_as},
    unless=(Needless.NO_CLAIM, Needless.LONG_AGO),
)


def _changed(draft: Draft) -> RepresentativeChanged:
    return draft.dossier.latest(RepresentativeChanged)


def _opened(draft: Draft, name: str, number: int) -> tuple[str, ...]:
    """The names that were opened for a row."""
    texts = (draft.opened(f"{name}.{at}") for at in range(number))
    return tuple(text for text in texts if text)


def _new(fact: RepresentativeChanged) -> tuple[SealedGroupPerson, ...]:
    return (*fact.added, *((fact.proxy,) if fact.proxy is not None else ()))


def _names(dossier: Dossier) -> Mapping[str, Sealed | None]:
    """The names of who speaks from now on, and of who speaks no longer, sealed."""
    fact = dossier.latest(RepresentativeChanged)
    added = {f"added.{at}": one.name for at, one in enumerate(_new(fact))}
    return added | {f"removed.{at}": name for at, name in enumerate(fact.removed)}


SPEAKERS_NOTICE = LetterKind(
    "representatives_notice",
    occasions=(SPEAKERS_CHANGED,),
    to=(Addressee.WORKING,),
    must_say=("changed_by",),
    knows={
        CHANGED_BY: lambda draft: draft.who(draft.dossier.cause.actor),
        CHANGED_TO: lambda draft: _opened(draft, "added", len(_new(_changed(draft)))),
        NO_LONGER: lambda draft: _opened(draft, "removed", len(_changed(draft).removed)),
        STILL_TO_PROVE: lambda draft: _changed(draft).authority == CLAIMED,
    },
    opens=_names,
    unless=(Needless.OWN_ACT, Needless.LONG_AGO),
)
SPEAKER_LETTERS = (AUTHORITY_REFUSED, AUTHORITY_NOTICE, AUTHORITY_ENDED, SPEAKERS_NOTICE)
"""Besides what asks for the proof, which is one of the first letters."""
