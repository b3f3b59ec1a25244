"""Serves Swagger UI's page of a service from files that lie beside the code: nothing is loaded from elsewhere."""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse

FILES: dict[str, str] = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
"""Of the package fastapi-swagger only these files of Swagger UI (Apache-2.0) are used."""
SCRIPT = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null});'
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="page"></div><script src="/docs/swagger-ui-bundle.js"></script><script>{script}</script></body>
</html>
"""
_DIGEST = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'self' 'sha256-{_DIGEST}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets styles on its elements, which only 'unsafe-inline' allows; its script and ours, by digest, run."""
NO_ADDRESSES: dict[str, Any] = {"docs_url": None, "redoc_url": None, "swagger_ui_oauth2_redirect_url": None}
"""FastAPI's own pages load from a content delivery network."""


@cache
def _content(name: str) -> bytes:
    return resources.files("fastapi_swagger").joinpath("resources", name).read_bytes()


def add(app: FastAPI, environment: Literal["development", "production"]) -> None:
    """Serve the page at ``/docs``; in production there is none."""
    if environment == "production":
        return
    routes = APIRouter()

    @routes.get("/docs", include_in_schema=False)
    async def page() -> HTMLResponse:
        html = PAGE.format(title=app.title, script=SCRIPT)
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})

    @routes.get("/docs/{name}", include_in_schema=False)
    async def file(name: str) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        return Response(_content(name), media_type=FILES[name])

    app.include_router(routes)
