"""The answer to a write says where its event lies in the log."""

from pydantic import BaseModel


class LogPosition(BaseModel):
    """Where an event lies in the log: hand it to a console's ``after`` to read what you wrote."""

    partition: int
    offset: int
