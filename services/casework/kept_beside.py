"""Casework keeps beside the course of a case what was put right, added and asked for on it. Pure, and small."""

from collections.abc import Callable
from hashlib import sha256
from sys import intern
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.contract.envelope import Event
from shared.contract.events.stored.assignments import AssistanceRequestedData
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.kernel.packed_ids import contains, packed


class Correction(NamedTuple):
    """This value stands at a pointer of the receipt since it was put right, as JSON."""

    pointer: str
    value: bytes


class Question(NamedTuple):
    """This was asked of another unit; the same text has the same digest, whoever seals it."""

    request: str
    unit: str
    digest: bytes


class KeptBeside(NamedTuple):
    """What a case keeps of this for ever.

    ``corrections``: the values of the receipt that were put right. ``documents``: the packed ids of the
    events that added files. ``questions``: what other units were asked.
    """

    corrections: tuple[Correction, ...] = ()
    documents: bytes = b""
    questions: tuple[Question, ...] = ()


NOTHING = KeptBeside()


def evolve(kept: KeptBeside, event: Event) -> KeptBeside:
    """What is kept after an event."""
    branch = BRANCHES.get(event.name)
    return branch(kept, event) if branch else kept


def _receipt_corrected(kept: KeptBeside, event: Event) -> KeptBeside:
    data: ReceiptCorrectedData = event.data
    pointer = intern(data["pointer"])
    others = (one for one in kept.corrections if one.pointer != pointer)
    return kept._replace(corrections=(*others, Correction(pointer, orjson.dumps(data["value"]))))


def _document_added(kept: KeptBeside, event: Event) -> KeptBeside:
    return kept._replace(documents=kept.documents + packed(event.id))


def _assistance_requested(kept: KeptBeside, event: Event) -> KeptBeside:
    data: AssistanceRequestedData = event.data
    asked = Question(event.id, intern(data["asked"]["unit"]), digest(data["question"]))
    return kept._replace(questions=(*kept.questions, asked))


BRANCHES: dict[str, Callable[[KeptBeside, Event], KeptBeside]] = {
    "ReceiptCorrected": _receipt_corrected,
    "EvidenceAdded": _document_added,
    "AssistanceRequested": _assistance_requested,
}
"""What is kept of an event."""


def digest(sealed: Any) -> bytes:
    """What tells two sealed texts apart: the same text under the same label is the same box."""
    return sha256(str(sealed["box"]).encode()).digest()[:8]


def has_document(kept: KeptBeside, document: str) -> bool:
    """Tell whether a file of the case was added by the event of this id."""
    try:
        return contains(kept.documents, packed(str(UUID(document))))
    except ValueError:
        return False
