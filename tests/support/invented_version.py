"""An invented second version of an event, in a copy of the house: run as a module there, it prints what is written."""

import asyncio
import sys
from base64 import b64encode
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from ops.contracts import newest_versions
from ops.replay.again import Again
from ops.replay.findings import Findings
from ops.replay.known_then import KnownThen
from ops.verify.services import SERVICES
from shared.bank.event_versions import EVENTS, VERSIONS, Recording
from shared.bank.reference import ReferenceDocument, version_of
from shared.contract.envelope import Event
from shared.contract.upcasting import event_from
from tests.support.facts import receipt, reference
from tests.support.house_copy import put
from tests.support.whole_desk import WholeDesk

NAME = "InterimReplyGiven"
LINE = f"{NAME}: 2\n"
FIELDS = "    version: ClassVar[int] = 2\n\n    hurried: bool\n"
UPCASTER = '''def upcast_interim_reply_given_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 says whether somebody was in a hurry; before, nobody said so."""
    return data | {"hurried": False}


'''
DOWNCASTER = '''def downcast_interim_reply_given_v2_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 says nothing of a hurry."""
    return {name: value for name, value in data.items() if name != "hurried"}


'''
REPLY: dict[str, Any] = {"way": "phone", "words": "仍在处理。"}


def bring(house: Path) -> None:
    """Put the new version into a copy of the house: shape, decision, step, step back, and what may be written."""
    contract = house / "shared" / "contract"
    put(contract / "events" / "casework.py", "    way: ReplyWay\n    words: Sealed\n\n\nclass Investi", FIELDS)
    put(house / "services" / "casework" / "commands" / "contact.py", '**act.said("way", "words"))', "hurried=True, ")
    put(contract / "upcasting.py", "STEPS: dict[", UPCASTER)
    put(contract / "upcasting.py", '    ("ClockStarted", 1)', f'    ("{NAME}", 1): upcast_interim_reply_given_v1_v2,\n')
    put(contract / "downcasting.py", "STEPS_BACK: dict[", DOWNCASTER)
    put(contract / "downcasting.py", '}\n"""From (name', f'("{NAME}", 2): downcast_interim_reply_given_v2_v1')
    put(contract / "downcasting.py", "from shared.contract.envelope", "from typing import Any\n\n")
    put(contract / "events" / "versions.yaml", "InvestigationRecorded:", LINE)


async def played() -> tuple[WholeDesk, list[ReferenceDocument]]:
    """Two interim replies, an hour from each other: as only the former versions are allowed, and as the new one is."""
    known = reference("organisation", "routing", "pack", "calendar", "template", "figures")
    desk, documents = WholeDesk(known), list(known.all())
    async with desk.open():
        await desk.happens(receipt())
        await desk.asks("luo.tian", "accept-handover")
        for content in (newest_versions.text().replace(LINE, ""), newest_versions.text()):
            now = desk.clock.now()
            allowed = ReferenceDocument(VERSIONS, EVENTS, version_of(content), now, content, now, "person:test", "test")
            known.add(allowed)
            documents.append(allowed)
            await desk.asks("luo.tian", "interim-reply", **REPLY)
            await desk.moves(now + timedelta(hours=1))
    return desk, documents


def decided_again(desk: WholeDesk, documents: Iterable[ReferenceDocument]) -> Findings:
    """What deciding the log again finds."""
    findings, known = Findings(100), KnownThen(list(documents))
    for service in SERVICES:
        one = Again(service, 0, known, desk.kept_commands(), findings)
        for record in desk.records():
            one.take(record)
        one.end()
    return findings


def known_to_its_writer(desk: WholeDesk, reply: Event) -> bool:
    """Whether a fact that somebody in a hurry states says so to who states it, once it is on its way to the log."""
    stated = reply._replace(data=reply.data | {"hurried": True})
    known: bool = Recording(desk.known).of(stated).event.data["hurried"]
    return known


def seen() -> dict[str, Any]:
    """What stands in the log, how it is read, and what a replay check says of it."""
    desk, documents = asyncio.run(played())
    records = desk.records()
    replies = [one for one in records if NAME.encode() in one.headers["redress-type"]]
    again = decided_again(desk, documents)
    return {
        "written": [one.headers["redress-type"].decode() for one in replies],
        "stored": [orjson.loads(one.value)["data"].get("hurried") for one in replies],
        "read": [event_from(one).data["hurried"] for one in replies],
        "known": [known_to_its_writer(desk, event_from(one)) for one in replies],
        "same": again.total("same"),
        "others": again.total("different", "new", "missing"),
        "not_decided": [one._asdict() for one in again.left_out()],
        "records": [
            (one.key, one.value.decode(), {name: b64encode(said).decode() for name, said in one.headers.items()})
            for one in records
        ],
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(seen()))
