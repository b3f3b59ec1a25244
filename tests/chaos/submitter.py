"""Submits complaints through intake's own code, each under its own key; can be told to die on the way."""

import asyncio

import orjson

from services.intake.access import CaseAccess
from services.intake.standing import STANDINGS
from services.intake.submission_intake import SubmissionIntake
from shared.bank.reference import Reference
from shared.contract.subjects import Subject
from shared.contract.topics import REFERENCE
from shared.kernel.whole_log import WholeLog
from shared.log.broadcast_topics import follow_reference
from shared.log.kafka_log import KafkaLog
from shared.process import bombs
from shared.process.clock import SystemClock
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from shared.web.case_index import CaseIndex


def body(number: int) -> bytes:
    """A complaint of somebody: one address gets only so many acknowledgements a day."""
    return orjson.dumps(
        {
            "received_by": {"unit": "dongqiao", "person": "lin.fang"},
            "complainant": {"name": "甲某", "email": f"c{number}@customer.example"},
            "matter": {"narrative": "柜员态度生硬。", "reason": "service_attitude", "complained_unit": "dongqiao.hall"},
        }
    )


async def submit(settings: Settings, how_many: int, first: int = 0) -> None:
    """Submit ``how_many`` complaints under keys that are the same in every life, from number ``first`` on."""
    log, reference = KafkaLog(settings), Reference()
    index, follower = CaseIndex(log), follow_reference(KafkaLog(settings, REFERENCE), reference)
    async with open_vault(settings) as vault:
        tasks = [asyncio.create_task(index.run()), asyncio.create_task(follower.run())]
        await asyncio.gather(index.progress.caught_up.wait(), follower.caught_up.wait())
        access = CaseAccess(WholeLog(log, STANDINGS))  # of further receipts, which there are none of
        intake = SubmissionIntake(log, index, vault, reference, SystemClock(), access)
        for number in range(first, first + how_many):
            await intake.submit(Subject("channel", "hotline"), f"key-{number}", "phone", body(number))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    await log.stop()


def run(settings: Settings, how_many: int, first: int = 0) -> None:
    """One life of a submitter."""
    bombs.arm(settings.bombs)
    asyncio.run(submit(settings, how_many, first))
