"""GET /schemas/{name}: what `dataschema` of an event names. It says nothing of any case, so it needs no token."""

from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from shared.contract import schemas
from shared.errors import RedressError
from shared.web.query import check_query

MEDIA_TYPE = "application/schema+json"
routes = APIRouter()


class UnknownSchema(RedressError):
    """There is no schema of such a type of event: the types are in docs/reference/topics-and-events.md."""

    code: ClassVar[str] = "unknown_schema"
    status: ClassVar[int] = 404


@routes.get("/schemas/{name}")
async def schema(
    request: Request, name: Annotated[str, Path(description="Type of the event, such as redress.CaseRouted.v1.json.")]
) -> JSONResponse:
    """The JSON Schema of the data of one type of event, in a version that is or was stored."""
    check_query(request)
    type_ = name.removesuffix(".json")
    if type_ == name or type_ not in schemas.types():
        raise UnknownSchema
    found: dict[str, Any] = schemas.schema_of(type_, request.app.state.schemas_at)
    return JSONResponse(found, media_type=MEDIA_TYPE)
