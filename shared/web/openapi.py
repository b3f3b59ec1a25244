"""This module makes OpenAPI documents from the very shapes, refusals and limits that a service works with."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.contract import bodies
from shared.contract.schemas import described
from shared.errors import RedressError
from shared.web import problems
from shared.web.auth import BadToken, ExpiredToken, ForeignToken, TokenTooLong, TopicsOnly, Unauthenticated
from shared.web.guard import BadAddress, NotReady
from shared.web.headers import RepeatedHeader
from shared.web.query import RepeatedParameter, UnknownParameter
from shared.web.rates import TooManyRequests

Schema = dict[str, Any]
Refusals = Iterable[type[RedressError]]
Kinds = tuple[type[RedressError], ...]
ANY_REQUEST: Kinds = (
    TooManyRequests, NotReady, BadAddress, UnknownParameter, RepeatedParameter, problems.RequestTimeout,
    problems.FaultOfOurs,
)  # fmt: skip
"""What every request can be refused with, whoever sends it."""
EVERY_CALL: Kinds = (
    *ANY_REQUEST, Unauthenticated, BadToken, ForeignToken, ExpiredToken, TokenTooLong, TopicsOnly, RepeatedHeader,
)  # fmt: skip
"""What every call that needs a token can be refused with."""


CASE_NAME: Schema = {"type": "string", "pattern": bodies.CASE_NAME}
"""How a case is named in an address: by its number or its id."""


POSITION: Schema = {"type": "string", "pattern": "^[0-9]{1,6}:[0-9]{1,18}$"}
"""A place in the log as a caller writes it."""


def document(title: str, introduction: str, paths: Schema, schemas: Schema) -> Schema:
    """A whole document: every call needs a token."""
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of a channel system or a person; `redress token` issues one.",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": introduction},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": bearer}},
        "security": [{"bearer": []}],
    }


def parameter(name: str, where: str, schema: Schema, description: str, *, required: bool = True) -> Schema:
    """One parameter of a call."""
    return {"name": name, "in": where, "required": required, "schema": schema, "description": description}


def key_parameter(limit: int) -> Schema:
    """The header that makes a call repeatable."""
    schema = {"type": "string", "minLength": 1, "maxLength": limit}
    return parameter("Idempotency-Key", "header", schema, "the same one whenever this call is repeated")


def answer(description: str, shape: type[BaseModel], example: Any = None) -> Schema:
    """One answer with its shape and, where there is one, an example."""
    content: Schema = {"schema": ref(shape)} | ({"example": example} if example is not None else {})
    return {"description": description, "content": {"application/json": content}}


def refusals(kinds: Refusals, shape: type[problems.Problem] = problems.Problem) -> Schema:
    """Per status what may be wrong, in the words of the refusals themselves."""
    by_status: dict[int, list[RedressError]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind())
    return {str(status): _refusal(status, of, shape) for status, of in sorted(by_status.items())}


def _refusal(status: int, kinds: list[RedressError], shape: type[problems.Problem]) -> Schema:
    codes = sorted({kind.code for kind in kinds})
    content = {
        "schema": {"allOf": [ref(shape), {"properties": {"code": {"enum": codes}}}]},
        "examples": {type(kind).__name__: {"value": problems.body_of(kind)} for kind in kinds},
    }
    described: Schema = {
        "description": "\n".join(f"- `{kind.code}`: {kind.detail}" for kind in kinds),
        "content": {problems.MEDIA_TYPE: content},
    }
    if status == Unauthenticated.status:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    return described


def ref(shape: type[BaseModel]) -> Schema:
    """A reference to a shape among the document's schemas."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def schemas(shapes: Iterable[type[BaseModel]]) -> Schema:
    """The schemas of these shapes and of everything in them."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(shape, "validation") for shape in shapes]
    _, found = models_json_schema(modes, ref_template="#/components/schemas/{model}")
    defined: Schema = found["$defs"]
    for name, shape in defined.items():
        described(name, shape)
    return defined
