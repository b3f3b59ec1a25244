"""A call takes the parameters it names and no other: a mistyped one would be passed over in silence."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.contract.refusal_words import fault
from shared.errors import RedressError

SHOWN_NAME = 64
"""Characters of a name that a refusal repeats: every parameter of ours is shorter."""


class UnknownParameter(RedressError):
    """The address has a parameter that this call does not take: correct its name, or leave it out."""

    code: ClassVar[str] = "unknown_parameter"
    status: ClassVar[int] = 400

    def __init__(self, name: str = "as_off", allowed: tuple[str, ...] = ("after", "as_of")) -> None:
        shown = name[:SHOWN_NAME]
        said = fault("unknown_parameter_of" if allowed else "unknown_parameter_none", name=shown, allowed=allowed)
        super().__init__(said, pointers=(_pointer(shown),), parameter=shown, allowed=list(allowed))


class RepeatedParameter(RedressError):
    """A parameter of the address is there twice, and nobody can tell which counts: send it once."""

    code: ClassVar[str] = "repeated_parameter"
    status: ClassVar[int] = 400

    def __init__(self, name: str = "as_of") -> None:
        super().__init__(fault("repeated_parameter_of", name=name), pointers=(_pointer(name),), parameter=name)


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def parameters_of(route: APIRoute) -> tuple[str, ...]:
    """The query parameters that a call takes, by their names in the address."""
    return tuple(dict.fromkeys(_taken_by(route.dependant)))


def _taken_by(part: Dependant) -> Iterator[str]:
    """The parameters of a call and of what it depends on."""
    yield from (field.alias for field in part.query_params)
    for below in part.dependencies:
        yield from _taken_by(below)


def check_query(request: Request) -> None:
    """Go on with a call whose parameters are all known and there once. Raises UnknownParameter, RepeatedParameter."""
    said = [name for name, _ in request.query_params.multi_items()]
    if not said:
        return
    route = request.scope.get("route")
    allowed = parameters_of(route) if isinstance(route, APIRoute) else ()
    for name, times in Counter(said).items():
        if name not in allowed:
            raise UnknownParameter(name, allowed)
        if times > 1:
            raise RepeatedParameter(name)
