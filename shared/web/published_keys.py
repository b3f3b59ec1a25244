"""Every API publishes the public keys of all services, for consumers of the log; services themselves read a file."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from shared.sealing.signing_keys import TrustedKeys

ADDRESS = "/.well-known/jwks.json"


def routes(keys: TrustedKeys) -> APIRouter:
    """The one address, open to everybody: a JSON Web Key Set (RFC 7517)."""
    found = APIRouter()

    @found.get(ADDRESS, include_in_schema=False)
    async def published() -> JSONResponse:
        return JSONResponse({"keys": keys.jwks}, media_type="application/jwk-set+json")

    return found
