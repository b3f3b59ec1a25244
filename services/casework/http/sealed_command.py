"""Makes a command of what a person sends: its shape is checked, what was typed is sealed, its time taken out."""

from datetime import UTC, tzinfo
from typing import Any

import orjson
from pydantic import ValidationError

from services.casework.bad_content import InvalidCommand
from services.casework.commands.declaration import Body
from shared.contract.commands import Command, command_id
from shared.contract.tenses import at_one_offset
from shared.sealing.bodies import sealed
from shared.sealing.vault import fingerprint
from shared.web.problems import faults_of

Content = dict[str, Any]


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
) -> Command:
    """Make the command that somebody sends under his idempotency key; ``secret`` is the case's own key, ``zone``
    the bank's, in which instants are compared.

    ``with_body``: False for somebody who has no right to it, of whom only the attempt is recorded.
    """
    plain = orjson.dumps({"name": name, "body": at_one_offset(content, zone)}, option=orjson.OPT_SORT_KEYS)
    at = content["at"]
    body = {field: value for field, value in content.items() if field != "at"} if with_body else {}
    return Command(
        id=command_id(actor, case, key),
        name=name,
        case=case,
        actor=actor,
        at=at.isoformat() if at else None,
        after=after,
        fingerprint=fingerprint(secret, plain),
        body=orjson.loads(orjson.dumps(sealed(body, secret, case, name))),
    )
