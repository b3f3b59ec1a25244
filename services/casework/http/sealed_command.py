"""Makes a command of what a person sends: its shape is checked, what was typed is sealed, its time taken out."""

from collections.abc import Iterable
from datetime import UTC, tzinfo
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from services.casework.bad_content import InvalidCommand
from services.casework.commands.declaration import Body
from shared.case.speakers import Box
from shared.contract.commands import Command, command_id
from shared.contract.tenses import at_one_offset
from shared.sealing.bodies import sealed
from shared.sealing.vault import fingerprint, seal_with
from shared.web.problems import faults_of

Content = dict[str, Any]
REVISION = "revise-decision"
SAID_BY_A_DECISION = ("outcome", "findings", "grounds", "decision", "remedies_offered")
"""What makes a decision another one; when it was entered, and with which proof, does not."""


class Speaking(NamedTuple):
    """Names a field of a body that names who speaks on the case, and those names as they are sealed there."""

    field: str
    names: tuple[Box, ...]


def content_of(shape: type[Body], said: Any) -> Content:
    """What somebody sends, as the command's shape has it.

    Raises:
        pydantic.ValidationError: the body does not fit the command's shape.
    """
    return shape.model_validate(said).model_dump(mode="python")


def checked(shape: type[Body], said: Any) -> Content:
    """The same for a caller, who is told what is wrong where. Raises InvalidCommand."""
    try:
        return content_of(shape, said)
    except ValidationError as error:
        found, pointers = faults_of(error)
        raise InvalidCommand(*pointers, said=found) from error


def sealed_command(
    name: str,
    content: Content,
    *,
    actor: str,
    case: str,
    key: str,
    secret: bytes,
    after: int,
    zone: tzinfo = UTC,
    with_body: bool = True,
    speaking: Speaking | None = None,
    looked_up: Content | None = None,
) -> Command:
    """Make the command that somebody sends under his idempotency key; ``secret`` is the case's own key, ``zone``
    the bank's, in which instants are compared.

    ``speaking``: the field that names who speaks on the case, with those names as they are sealed there.
    ``with_body``: False for somebody who has no right to it, of whom only the attempt is recorded. ``looked_up``: what
    the decision needs and nobody sent, sealed as it has to be; it is no part of the content.
    """
    plain = orjson.dumps({"name": name, "body": at_one_offset(content, zone)}, option=orjson.OPT_SORT_KEYS)
    at = content["at"]
    said = (
        {field: value for field, value in (content | (looked_up or {})).items() if field != "at"} if with_body else {}
    )
    body = orjson.loads(orjson.dumps(sealed(said, secret, case, name)))
    if body and name == REVISION:
        body["content_fingerprint"] = _as_decided(content, secret)
    if speaking is not None and said:
        body[speaking.field] = _as_they_stand(said[speaking.field], body[speaking.field], speaking.names, secret, case)
    return Command(
        id=command_id(actor, case, key),
        name=name,
        case=case,
        actor=actor,
        at=at.isoformat() if at else None,
        after=after,
        fingerprint=fingerprint(secret, plain),
        body=body,
    )


def _as_decided(content: Content, secret: bytes) -> str:
    """The fingerprint that the command would have had which decided just so, said now and without more."""
    said = {name: content[name] for name in SAID_BY_A_DECISION} | dict.fromkeys(("at", "proof", "approved_by"))
    return fingerprint(secret, orjson.dumps({"name": "decide", "body": said}, option=orjson.OPT_SORT_KEYS))


def _as_they_stand(said: Iterable[str], boxes: Iterable[Any], known: Iterable[Box], secret: bytes, case: str) -> Any:
    """Names as they are sealed in the case, each person once; others as they were sealed with the command.

    No decision opens them, but equal boxes hold equal names.
    """
    left, found = list(known), []
    for name, box in zip(said, boxes, strict=True):
        there = next((one for one in left if seal_with(secret, case, one.label, name).box == one.box), None)
        if there is not None:
            left.remove(there)
        found.append(there._asdict() if there is not None else box)
    return found
