"""The call log tells of each call that wrote or was refused: which, whose, about which case, how it was answered.

Nothing of what was sent stands in it but ids: the address as it is declared (``/v1/cases/{case}/commands/{command}``),
not as somebody typed it. The line carries the request's id, as its answer does.
"""

import re
import time
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import Scope

log = structlog.get_logger()
READS = frozenset({"GET", "HEAD", "OPTIONS"})
NAMED = re.compile(rb'"(code|case_id|command_id|event_id)":\s*"([a-z0-9_-]{1,64})"')
"""What an answer names: the code of its refusal, or what was made."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{8}-\d{10}-\d", re.ASCII)
"""An id or a case number; whatever else stands in an address may be a name or a telephone number."""
WORD = re.compile(r"[a-z][a-z_-]{0,40}", re.ASCII)
DECLARED = frozenset({"channel", "name"})
"""Parts of an address whose words are those of the contract."""
LOOKED_AT_BYTES = 4096


class Call:
    """A call as it goes on: it is told once it was answered."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._began = time.monotonic()
        self._status = 0
        self._named: dict[str, str] = {}

    def answered(self, message: MutableMapping[str, Any]) -> None:
        """Note a part of the answer; its last one ends the call."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            if self._is_told() and not self._named:
                found = NAMED.findall(message.get("body", b"")[:LOOKED_AT_BYTES])
                self._named = {name.decode(): value.decode() for name, value in reversed(found)}
            if not message.get("more_body"):
                self._tell()

    def _is_told(self) -> bool:
        return self._scope["method"] not in READS or self._status >= HTTPStatus.BAD_REQUEST

    def _tell(self) -> None:
        if not self._is_told():
            return
        scope, route = self._scope, self._scope.get("route")
        said = {
            "method": scope["method"],
            "call": getattr(route, "path", "no such address"),
            "status": self._status,
            "milliseconds": round((time.monotonic() - self._began) * 1000),
            "subject": scope.get("state", {}).get("subject"),
            **_addressed(scope.get("path_params", {})),
            **self._named,
        }
        if self._status < HTTPStatus.BAD_REQUEST:
            log.info("call.accepted", **said)
        elif self._status < HTTPStatus.INTERNAL_SERVER_ERROR:
            log.info("call.refused", **said)
        else:
            log.warning("call.refused", **said)


def _addressed(parts: Mapping[str, Any]) -> dict[str, str]:
    """The parts of an address that say nothing of anybody."""
    shapes = {name: WORD if name in DECLARED else ID for name in parts}
    return {name: str(value) for name, value in parts.items() if shapes[name].fullmatch(str(value))}
