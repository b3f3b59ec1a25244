"""A letter to the bank's people names who speaks for whom, how to call them, and whether they may. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.notify.letters.asked import Dossier, Draft, Fill
from services.notify.letters.fields import SPEAKER_IN_CASE, Field, Shape
from services.notify.letters.words import AUTHORITIES, AUTHORITY_UNTIL, SPEAKS_AS
from shared.contract.amounts import date_in_words
from shared.contract.events.base import Sealed

REPRESENTED = Field("represented", "the name of the customer whom somebody else speaks for", always=False)
PROXY_NAME = Field("proxy_name", "the name of who speaks for the customer", always=False)
PROXY_PHONE = Field("proxy_phone", "the telephone of who speaks for the customer", always=False)
AUTHORITY = Field("authority", "what is known of the authority, and what follows, in words", always=False)
REPRESENTATIVES = Field(
    "representatives", "names of who speaks for a joint complaint, with their telephones", Shape.ROW, always=False
)
CALLED = {"zh": "{}（电话{}）", "en": "{} (telephone {})"}


def _speakers(dossier: Dossier) -> Any:
    """Who speaks, for whoever is too deep to know their shape; None where just the customer does."""
    return dossier.speakers


def _speaks_as(draft: Draft) -> str | None:
    speakers = _speakers(draft.dossier)
    return SPEAKS_AS[draft.language][speakers.relation] if speakers is not None and speakers.proxy else None


def _authority(draft: Draft) -> str | None:
    speakers = _speakers(draft.dossier)
    if speakers is None or speakers.proxy is None:
        return None
    known = AUTHORITIES[draft.language][speakers.authority]
    if speakers.until is None:
        return known
    return known + AUTHORITY_UNTIL[draft.language].format(
        date_in_words(date.fromisoformat(speakers.until), draft.language)
    )


def _representatives(draft: Draft) -> tuple[str, ...]:
    speakers = _speakers(draft.dossier)
    numbers = range(len(speakers.representatives) if speakers is not None else 0)
    people = [(draft.opened(f"spokesman.{at}.name"), draft.opened(f"spokesman.{at}.phone")) for at in numbers]
    return tuple(CALLED[draft.language].format(name, phone) if phone else name for name, phone in people if name)


def names_of_speakers(dossier: Dossier) -> Mapping[str, Sealed | None]:
    """Names and telephones of who speaks, sealed."""
    speakers = _speakers(dossier)
    if speakers is None:
        return {}
    found: dict[str, Any] = {"represented": speakers.customer if speakers.proxy is not None else None}
    people = {f"spokesman.{at}": one for at, one in enumerate(speakers.representatives)} | {"proxy": speakers.proxy}
    for key, one in people.items():
        if one is not None:
            found |= {f"{key}.name": one.name, f"{key}.phone": one.phone}
    return {name: Sealed(label=box.label, box=box.box) for name, box in found.items() if box is not None}


WHO_SPEAKS: dict[Field, Fill] = {
    REPRESENTED: lambda draft: draft.opened("represented"),
    SPEAKER_IN_CASE: _speaks_as,
    PROXY_NAME: lambda draft: draft.opened("proxy.name"),
    PROXY_PHONE: lambda draft: draft.opened("proxy.phone"),
    AUTHORITY: _authority,
    REPRESENTATIVES: _representatives,
}
