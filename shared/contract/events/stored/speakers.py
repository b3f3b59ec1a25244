"""The events of speakers, as JSON. Written by ``python -m ops.previews.build_stored_events``."""

from typing import Literal

from shared.contract.events.stored.codes import Authority, Relation
from shared.contract.events.stored.parts import CaseworkEventData, SealedData, SealedGroupPersonData


class AuthorityCheckedData(CaseworkEventData):
    """``AuthorityChecked``."""

    authority: Literal["proved", "not_proved"]
    until: str | None
    ends_at: str | None


class RepresentativeChangedData(CaseworkEventData):
    """``RepresentativeChanged``."""

    removed: list[SealedData]
    added: list[SealedGroupPersonData]
    proxy: SealedGroupPersonData | None
    relation: Relation | None
    authority: Authority | None
