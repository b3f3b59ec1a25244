"""A checked file: whatever way it came, this is the one place where it is looked at before it is sealed."""

import re
from dataclasses import dataclass

from services.intake.files.content import media_type_of
from services.intake.files.shown_name import shown_name

MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
MEDIA_TYPE_LIMIT = 128


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file as it came in, and what was found of it.

    ``name`` is kept as sent, ``shown_name`` is for display. ``content_type`` is told by the content; ``declared`` is
    what the sender said, without parameters: mail programs put the name there, and this stands in the clear.
    """

    name: str
    shown_name: str
    content_type: str
    declared: str | None
    content: bytes
    kind: str
    note: str | None

    @classmethod
    def of(cls, name: str, declared: str | None, content: bytes, kind: str, note: str | None = None) -> "CheckedFile":
        """Check a file. It is never refused for what it is: evidence is evidence, and says what it is."""
        return cls(name, shown_name(name), media_type_of(content), declared_type(declared), content, kind, note)


def declared_type(said: str | None) -> str | None:
    """Type and subtype as a sender said them; None where that is no media type."""
    found = (said or "").partition(";")[0].strip().lower()
    return found if len(found) <= MEDIA_TYPE_LIMIT and MEDIA_TYPE.fullmatch(found) else None
