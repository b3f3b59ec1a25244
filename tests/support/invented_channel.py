"""An invented channel at work in a copy of the house: run as a module, it prints what is seen of a complaint on it."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from services.intake.http import openapi
from services.routing.decisions import SERVICE
from shared.case.sentences import tell
from shared.contract.events.routing import CaseRouted
from tests.support.facts import Given, names
from tests.support.intake_in_process import JSON, client, headers, open_house

BODY = {
    "matter": {"narrative": "视频里说不清楚。", "reason": "service_attitude", "complained_unit": "dongqiao.lending"}
}


async def seen(address: str, details: dict[str, Any]) -> dict[str, Any]:
    """Submit a complaint on the channel, route it, and tell what was made of it."""
    with TemporaryDirectory() as data:
        async with open_house(Path(data)) as house:
            app = await house.intake()
            async with client(app) as caller:
                url, said = f"/v1/complaints/{address}", JSON | headers("key", "lin.fang", "person")
                answer = await caller.post(url, headers=said, content=orjson.dumps(BODY | {"details": details}))
                wrong = await caller.post(url, headers=said, content=orjson.dumps(BODY | {"details": {"call_id": "c"}}))
            (received,) = house.events("ComplaintReceived")
    routed = Given(SERVICE).when_event(received)[0]
    assert isinstance(routed, CaseRouted)
    channel = openapi.document()["paths"]["/v1/complaints/{channel}"]["post"]["parameters"][0]
    return {
        "status": answer.status_code,
        "pointers": wrong.json()["pointers"],
        "details": received.data["details"],
        "accepting": routed.decision.accepting.post,
        "duties": {duty.kind: duty.state for duty in routed.duties_opened},
        "sentences": list(tell(received, names()).values()),
        "addresses": channel["schema"]["enum"],
        "described": openapi.document()["paths"][openapi.address(received.data["channel"])]["post"]["operationId"],
        "schemas": sorted(openapi.document()["components"]["schemas"]),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(asyncio.run(seen(sys.argv[1], orjson.loads(sys.argv[2])))))
