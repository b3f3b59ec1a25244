"""Makes a command of what a person sends: its shape is checked, what was typed is sealed, its time taken out."""

from typing import Any

import orjson

from services.casework.commands.declaration import Body
from shared.contract.commands import Command, command_id
from shared.sealing.bodies import sealed
from shared.sealing.vault import fingerprint


def sealed_command(
    name: str, shape: type[Body], said: Any, *, actor: str, case: str, key: str, secret: bytes, after: int
) -> Command:
    """Make the command that somebody sends under his idempotency key; ``secret`` is the case's own key.

    Raises:
        pydantic.ValidationError: the body does not fit the command's shape.
    """
    content = shape.model_validate(said).model_dump(mode="python")
    plain = orjson.dumps({"name": name, "body": content}, option=orjson.OPT_SORT_KEYS)
    at = content.pop("at")
    return Command(
        id=command_id(actor, case, key),
        name=name,
        case=case,
        actor=actor,
        at=at.isoformat() if at else None,
        after=after,
        fingerprint=fingerprint(secret, plain),
        body=orjson.loads(orjson.dumps(sealed(content, secret, case, name))),
    )
