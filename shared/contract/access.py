"""The records of `complaints.access`: who opened what is sealed, who was refused, who asked to open much. Pure.

The topic is append-only and kept for ever. What people typed, and where they came from, is sealed in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from shared.contract.attributed import said_in, source_of
from shared.contract.events.base import Closed, Sealed
from shared.contract.records import HEADER_SOURCE, Outgoing, Record

HEADER_KIND = "redress-access"
KEY = "access"
"""The vault's key under which what is personal in these records is sealed: they belong to no case."""
AccessKind = Literal["opened", "refused", "opening_requested", "opening_approved", "opening_refused"]
BULK: frozenset[AccessKind] = frozenset({"opening_requested", "opening_approved", "opening_refused"})
"""What is said of bulk openings; folded by whoever has to know which are approved."""


class AccessRecord(Closed):
    """One access. ``at`` is the machine's time.

    ``who`` acted: ``person:…``, ``channel:…``, ``service:…``, or ``address:…`` (a keyed hash) where nobody is known;
    ``address`` is that address, sealed. ``role``: by what right he opens. ``fields``: the labels of the sealed values,
    never what stands in them. ``why``: the code of a refusal, the letter that is sent, or the bulk opening. ``query``:
    the filter of a bulk opening, ``opening`` its id.
    """

    id: str
    kind: AccessKind
    at: datetime
    who: str
    service: str
    call: str
    case: str | None = None
    role: str | None = None
    fields: tuple[str, ...] = ()
    why: str | None = None
    address: Sealed | None = None
    ground: Sealed | None = None
    query: Mapping[str, str] | None = None
    opening: str | None = None


def outgoing_access(record: AccessRecord) -> Outgoing:
    """The record as it is appended: signed by the service that it names as its source."""
    value = record.model_dump_json(exclude_none=True).encode()
    headers = [(HEADER_KIND, record.kind.encode()), (HEADER_SOURCE, source_of(record.service))]
    return Outgoing(record.case or record.opening or record.who, value, headers)


def access_from(record: Record) -> AccessRecord:
    """The access that a record of the topic tells.

    Raises:
        Unreadable: it is none, or one service tells an access of another.
    """
    return said_in(record, "complaints.access", AccessRecord, lambda found: found.service)
