"""Identifiers that are derived, never drawn: the same cause always gives the same id."""

from hashlib import sha1
from uuid import UUID

NAMESPACE = UUID("5f0c4f0e-3f0b-5a53-9d0c-6f1d2a7f4c11")
UUID_LENGTH = 36
"""Characters of an id as it is written: what tells a case's id from its number."""

BOX_PREFIX = "opinion-box/"
"""The subject of what happens to an opinion box is no case: this, and the unit where it hangs."""
CANDIDATE_PREFIX = "candidate/"
"""The subject of what may become a complaint is no case yet: this, and the candidate's id."""

_SEED = sha1(NAMESPACE.bytes, usedforsecurity=False)
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))


def derived(*parts: object) -> str:
    """The UUIDv5 of ``parts``, joined so that no two different lists of parts give the same name.

    Written out rather than left to ``uuid.uuid5``, which takes twice the time: every event and every duty has one.
    """
    digest = _SEED.copy()
    digest.update("\x1f".join(map(str, parts)).encode())
    x = digest.hexdigest()
    return f"{x[:8]}-{x[8:12]}-5{x[13:16]}-{_VARIANT[x[16]]}{x[17:20]}-{x[20:32]}"


def box_subject(unit: str) -> str:
    """The subject, and so the key, of what happens to a unit's opinion box."""
    return BOX_PREFIX + unit


def box_unit(subject: str) -> str:
    """The unit whose opinion box a subject is."""
    return subject.removeprefix(BOX_PREFIX)


def candidate_subject(candidate: str) -> str:
    """The subject, and so the key, of what happens to a candidate."""
    return CANDIDATE_PREFIX + candidate


def candidate_id(submitter: str, key: str) -> str:
    """The candidate that a reporter's idempotency key stands for."""
    return derived("candidate", submitter, key)


def is_case(subject: str) -> bool:
    """Whether a subject is a case: no id of one holds a slash, the name of everything else does."""
    return "/" not in subject


def case_id(submitter: str, key: str) -> str:
    """The case that a submitter's idempotency key stands for."""
    return derived("case", submitter, key)


def event_id(service: str, subject: str, causation_id: str, position: int) -> str:
    """The id of the ``position``-th event that ``service`` answers a cause with."""
    return derived("event", service, subject, causation_id, position)


def duty_id(opened_by: str, kind: str, level: str | None) -> str:
    """The id of a duty: the event that opened it, its kind and its level."""
    return derived("duty", opened_by, kind, level or "")


def clock_id(started_by: str, pack: str, milestone: str) -> str:
    """The id of a clock: the event that gave cause to start it, its pack and its milestone."""
    return derived("clock", started_by, pack, milestone)


def timer_id(clock: str, kind: str, due_at: str) -> str:
    """The causation id of a timer's event. A recomputed due instant is another timer."""
    return derived("timer", clock, kind, due_at)


def webhook_id(event: str, state: str) -> str:
    """The id of a notice to a channel system: the event by which its submission reached a state."""
    return derived("webhook", event, state)


def message_id(causation_id: str, kind: str, recipient: str) -> str:
    """The id of a message: what caused it, its kind and who gets it."""
    return derived("message", causation_id, kind, recipient)
