"""What processes find when they start: topics, reference data, a clock; and whether they may start on this log."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import Thread

import structlog

from ops.local import doctor, topics
from ops.local.doctor import Finding
from ops.local.process_table import PROCESSES
from ops.local.reading import read_topic
from ops.local.reference import publish_defaults
from ops.local.starting import Say
from shared.contract.records import HEADER_MAC, Record
from shared.contract.topics import CLOCK, REFERENCE
from shared.errors import RedressError
from shared.log.broadcast_topics import clock_record
from shared.log.kafka_log import KafkaLog
from shared.log.membership import check_place, check_stores
from shared.process.settings import Settings

log = structlog.get_logger()


class TopicsDiffer(RedressError):
    """The topics or the broker are not as Redress needs them."""

    code = "topics_differ"
    status = 409


class UnsignedLog(RedressError):
    """This log is from before records were signed: set REDRESS_UNSIGNED_BEFORE to now (docs/how-to/keys.md)."""

    code = "unsigned_log"
    status = 409


class LogOfOtherKeys(RedressError):
    """No record here fits the key files: put back what was taken out of them (docs/how-to/keys.md), then start."""

    code = "log_of_other_keys"
    status = 409


class OtherClock(RedressError):
    """This log has run on another kind of clock."""

    code = "other_clock"
    status = 409


class NotSound(RedressError):
    """The processes would do harm here: mend what `redress doctor` names, then start again."""

    code = "not_sound"
    status = 409


async def make_ready(settings: Settings, organisation: Path | None, steered: str | None, workers: int, say: Say) -> int:
    """Make ready what the processes find, if this machine may join; how many records they are going to read.

    Raises:
        PlaceTaken, StoresOfOneMachine, NotSound, and what ``prepare`` raises
    """
    if settings.kafka_bootstrap is not None:  # else the broker is this machine's own, and nobody else's
        await may_join(settings, workers)
    await prepare(settings, organisation, steered, say)
    await _examine(settings, say)
    look_at_mail_server(settings, say)
    return await records_of(settings)


async def _examine(settings: Settings, say: Say) -> None:
    """Say what is wrong with what processes need. Raises NotSound: they would do harm."""
    found = await doctor.before_start(settings)
    _note(found)
    harmful = [finding for finding in found if finding.about in doctor.HARMFUL]
    if harmful:
        raise NotSound("\n".join(f"{one.about}: {'; '.join(one.wrong)}" for one in harmful))
    _tell(found, say)


def look_at_mail_server(settings: Settings, say: Say) -> Thread:
    """Look at the mail server while the processes start; what is wrong with it is said once it is known.

    One that takes connections and is silent held up every start, although letters only wait for it. The thread ends
    with the process, whatever it waits for.
    """

    def look() -> None:
        finding = asyncio.run(doctor.of_mail_server(settings))
        if finding.wrong:
            _note([finding])
            _tell([finding], say)

    thread = Thread(target=look, name="doctor", daemon=True)
    thread.start()
    return thread


def _note(found: Sequence[Finding]) -> None:
    for finding in found:
        log.warning("doctor.found", about=finding.about, wrong=finding.wrong)


def _tell(found: Sequence[Finding], say: Say) -> None:
    for finding in found:
        say(f"doctor: {finding.about}: {'; '.join(finding.wrong)}")


async def prepare(settings: Settings, organisation: Path | None, steered: str | None, say: Say) -> None:
    """Make missing topics, and publish what comes with Redress where nothing of its kind is published.

    Raises:
        TopicsDiffer, TooFewBrokers, UnsignedLog, LogOfOtherKeys, OtherClock, BadReference
    """
    made, different = await topics.apply(settings)
    if different:
        raise TopicsDiffer("\n".join(different))
    say(f"topics: {len(made)} made" if made else "topics: as they have to be")
    if not await read_topic(settings, REFERENCE):  # all would be published anew, and no case would be known
        check_may_begin(await read_topic(settings, REFERENCE, proven=False))
    await check_clock(settings)
    if steered is not None and not await read_topic(settings, CLOCK):
        await set_clock(settings, steered)
    documents = await publish_defaults(settings, organisation)
    say(f"reference data: {len(documents)} published" if documents else "reference data: published before")


def check_may_begin(uncounted: Sequence[Record]) -> None:
    """Let a log begin where nothing is, not over records of which none counts. Raises UnsignedLog, LogOfOtherKeys."""
    if uncounted:
        raise LogOfOtherKeys if any(HEADER_MAC in record.headers for record in uncounted) else UnsignedLog


async def check_clock(settings: Settings) -> None:
    """Let a log go on with the kind of clock that it began with: limits would be counted from days that never were.

    Raises:
        OtherClock
    """
    if settings.clock == "system" and await read_topic(settings, CLOCK):
        raise OtherClock(
            "This log has run on a steered clock, so its dates are not this machine's: start it with --clock steered:"
            "<ISO instant> (where it stands, it goes on), or name another folder with --data."
        )
    if settings.clock == "steered" and not await read_topic(settings, CLOCK) and await records_of(settings):
        raise OtherClock(
            "This log has run on the system clock: start it without --clock, or rehearse in another folder (--data)."
        )


async def set_clock(settings: Settings, instant: str) -> None:
    """Move the steered clock; every process sees it within moments."""
    log = KafkaLog(settings, CLOCK)
    try:
        await log.append([clock_record(datetime.fromisoformat(instant))])
    finally:
        await log.stop()


async def may_join(settings: Settings, workers: int) -> None:
    """Let this machine join others, with so many workers of each service. Raises PlaceTaken, StoresOfOneMachine."""
    await check_stores(settings, *([] if settings.console_url else ["REDRESS_CONSOLE_URL"]))
    for process in PROCESSES:
        if process.worker:
            await check_place(settings, process.name, range(workers))


async def records_of(settings: Settings) -> int:
    """How long the log is: what every process reads before it is ready."""
    log = KafkaLog(settings)
    try:
        return sum((await log.ends()).values())
    finally:
        await log.stop()
