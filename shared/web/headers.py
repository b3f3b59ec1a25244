"""Headers that say how a call is to be read: each is there once, and names what this service takes."""

from email.message import Message
from typing import ClassVar

from fastapi import Request

from shared.contract.refusal_words import fault
from shared.errors import RedressError

JSON = "application/json"
UTF_8 = frozenset({"utf-8", "utf8"})


class RepeatedHeader(RedressError):
    """A header is there twice, and nobody can tell which counts: send it once."""

    code: ClassVar[str] = "repeated_header"
    status: ClassVar[int] = 400

    def __init__(self, name: str = "Idempotency-Key") -> None:
        super().__init__(fault("repeated_header_of", name=name), header=name)


class UnsupportedMediaType(RedressError):
    """Send the body as application/json in UTF-8, and say so in Content-Type."""

    code: ClassVar[str] = "unsupported_media_type"
    status: ClassVar[int] = 415


def one_header(request: Request, name: str) -> str | None:
    """A header's value; None where there is none. Raises RepeatedHeader."""
    said = request.headers.getlist(name)
    if len(said) > 1:
        raise RepeatedHeader("-".join(part.capitalize() for part in name.split("-")))
    return said[0] if said else None


def check_media_type(request: Request, wanted: str, refusal: type[RedressError] = UnsupportedMediaType) -> None:
    """Go on with a body of the wanted type in UTF-8. Raises the refusal, RepeatedHeader."""
    said = Message()
    said["content-type"] = (one_header(request, "content-type") or "").replace("\r", " ").replace("\n", " ")
    charset = said.get_param("charset", "utf-8")
    text = charset if isinstance(charset, str) else charset[2]
    if said["content-type"].partition(";")[0].strip().lower() != wanted or text.lower() not in UTF_8:
        raise refusal
