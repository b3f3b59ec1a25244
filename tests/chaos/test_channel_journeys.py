"""A journey per channel on the real broker: who gets it as the articles say, and a kill -9 in the middle of it."""

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import yaml

from ops.demo.courses import Step
from ops.demo.play import CHANNELS_FILE, Player
from ops.demo.report import Story
from ops.local import steering
from ops.local.reading import read_topic
from ops.local.status import processes, status
from ops.verify import rebuild
from shared.contract.envelope import from_json
from shared.process.settings import Settings
from tests.oracle.log import faults
from tests.support.installation import installed

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.alone, pytest.mark.timeout(600), pytest.mark.long]
START = "2026-08-24T08:30:00+08:00"
KILLED_BEFORE_STEP = 3
CALL = {
    "key": "call-2026", "channel": "phone", "by": "lin.fang", "at": "2026-08-24T09:00:00+08:00",
    "unit": "dongqiao.lending", "reason": "work_error", "name": "乙某3", "language": "zh", "phone": "0000-5552109",
    "email": "caller@customer.example", "narrative": "还款日被记错。", "request": "更正",
}  # fmt: skip
"""The telephone's complaint, beside one on each further channel as the demo has them."""


class Expected(NamedTuple):
    """What the articles say of a channel on the example bank; typed by hand from their text, not read from the rules.

    ``accepts``: unit and post. ``handles``: the person. ``owes``: what the case owes besides what each does (handling,
    tracking, archive). ``down``, ``up``: the units that pass it down, and report upward, level by level.
    """

    accepts: tuple[str, str]
    handles: str
    owes: str
    down: tuple[str, ...] = ()
    up: tuple[str, ...] = ()


HANDED_OVER = "accept_handover contact_customer reply_customer"
IN_WRITING = f"{HANDED_OVER} acknowledge_customer deliver_written_notice report_result"
LENDING = "luo.tian"
EXPECTED = {
    # art. 2.1: the complaint post tells the complained unit in writing, which handles, replies and reports to it
    "call-2026": Expected(
        ("dongqiao", "complaint_post"), LENDING, IN_WRITING
    ),
    "mail-2026": Expected(
        ("dongqiao", "complaint_post"), LENDING, IN_WRITING
    ),
    "online-2026": Expected(
        ("dongqiao", "complaint_post"), "cen.lu", IN_WRITING
    ),
    # art. 2.3: the general office receives the visitor, makes out a supervision form and tells the unit in writing
    "visit-2026": Expected(
        ("dongqiao", "general_office"), "bai.xue",
        f"{HANDED_OVER} acknowledge_customer deliver_supervision_form deliver_written_notice report_result",
    ),
    # art. 2.4: the general office accepts; down level by level; reported in writing, level by level
    "letter-2026": Expected(
        ("province", "general_office"), LENDING, f"{HANDED_OVER} acknowledge_customer pass_down report_up",
        down=("province", "dongqiao"), up=("dongqiao.lending", "dongqiao"),
    ),
    # art. 2.5: the president's office accepts, verifies and answers the medium; nobody hands anything over
    "media-2026": Expected(
        ("dongqiao", "president_office"), "qiu.min",
        "contact_customer reply_customer forward verify respond_media report_result",
    ),
    # art. 2.2: the head of operations looks, verifies, handles and replies
    "box-2026": Expected(
        ("dongqiao", "operations_head"), "mo.ran", "contact_customer reply_customer report_result"
    ),
    # art. 2.6: the general office, whatever the form; passed on to the unit; reported level by level
    "superior-2026": Expected(
        ("dongqiao", "general_office"), LENDING, f"{HANDED_OVER} forward report_up answer_transferring_body",
        up=("dongqiao.lending", "dongqiao"),
    ),
    # art. 2.7: whoever received it accepts, and hands it to the general office of the sub-branch; then as a letter
    "authority-2026": Expected(
        ("dongqiao.operations", "unit_head"), LENDING,
        f"{HANDED_OVER} acknowledge_customer hand_over_to_general_office pass_down report_up answer_transferring_body",
        down=("dongqiao",), up=("dongqiao.lending",),
    ),
}  # fmt: skip
EVERY_CASE = "handle track_result archive"
KILLED = {
    "call-2026": "casework", "visit-2026": "notify", "mail-2026": "sla", "online-2026": "casework",
    "letter-2026": "routing", "media-2026": "casework", "box-2026": "sla", "superior-2026": "notify",
    "authority-2026": "routing",
}  # fmt: skip
"""Which service dies in the middle of which journey."""


class Witness(Player):
    """Plays the journeys; looks at each case as it was routed, and kills a service before one of its steps."""

    async def _write(self) -> None:
        """No mail, and nothing by Kafka: a journey on each channel, all by HTTP."""

    async def _post_to_inbox(self) -> None:
        """See ``_write``."""

    async def _post(self, row: dict[str, Any]) -> None:
        await super()._post(row)
        await self.clock.advance(self.clock.now)
        case = await self.case(row["key"], "lin.fang")
        found = Expected(
            (case["accepting"]["unit"], case["accepting"]["post"]),
            case["handler"]["person"],
            " ".join(sorted({duty["kind"] for duty in case["duties"]})),
            levels(case, "pass_down"),
            levels(case, "report_up"),
        )
        wanted = EXPECTED[row["key"]]
        owes = " ".join(sorted(f"{wanted.owes} {EVERY_CASE}".split()))
        self.story.expect(f"who has {row['key']}, and what it owes", wanted._replace(owes=owes), found)

    async def _act(self, row: dict[str, Any], at: int, step: Step) -> None:
        if at == KILLED_BEFORE_STEP:
            name = KILLED[row["key"]]
            os.kill(
                next(process["pid"] for process in processes(self.settings) if process["name"] == name), signal.SIGKILL
            )
        await super()._act(row, at, step)

    async def case(self, key: str, person: str) -> dict[str, Any]:
        """A case as the console shows it to somebody."""
        headers = {"Authorization": self._bearer("person", person)}
        answer = await self.client.get(self._url(0, f"/v1/cases/{self.story.numbers[key]}"), headers=headers)
        found: dict[str, Any] = answer.json()
        return found


def levels(case: dict[str, Any], kind: str) -> tuple[str, ...]:
    """The units that owe this level by level, in order."""
    return tuple(duty["level"] for duty in case["duties"] if duty["kind"] == kind)


async def play(settings: Settings, story: Story) -> dict[str, str]:
    """Every journey to its end; where each case stands then."""
    async with httpx.AsyncClient(timeout=20) as client, steering.steering(settings) as clock:
        player = Witness(settings, story, client, clock)
        await player.play()
        return {key: (await player.case(key, "lin.fang"))["state"] for key in story.numbers}


@pytest.mark.holds(
    "article-1.1", "article-2.1.1", "article-2.2.2", "article-2.3.2", "article-2.4.2", "article-2.4.4", "article-2.5.1",
    "article-2.6.1", "article-2.6.4", "article-2.7.1", "article-2.7.2",
)  # fmt: skip
async def test_each_channel_goes_its_way_though_a_service_dies_on_it(tmp_path: Path) -> None:
    """Owners and duties as the articles say; each ends in the archive, in time, every fact once in the log."""
    channels = yaml.safe_load(CHANNELS_FILE.read_text(encoding="utf-8"))
    story = Story({"complaints": [CALL]}, channels)
    with installed(tmp_path, f"steered:{START}") as settings:
        ended = await play(settings, story)
        restarts = {row["name"]: row["restarts"] for row in status(settings)}
        bodies = [record.value for record in await read_topic(settings)]
        verified = await rebuild.verify(settings)

    assert [] == story.faults
    assert Counter(KILLED.values()) == {name: restarts[name] for name in KILLED.values()}
    assert dict.fromkeys(EXPECTED, "archived") == ended
    assert [] == faults(bodies, len(EXPECTED))
    assert {"ClockMet": len(EXPECTED)} == outcomes(bodies)
    assert [] == verified.differences


def outcomes(bodies: list[bytes]) -> dict[str, int]:
    """How the bank's own clocks ended, and how many of them so."""
    ended = (event for event in map(from_json, bodies) if event.name in ("ClockMet", "ClockBreached"))
    return Counter(event.name for event in ended if event.data["duty_id"] is None)
