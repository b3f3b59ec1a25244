"""``redress doctor``: what an installation needs is looked at, nothing is changed; what is wrong says what to do."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import aiosmtplib

from ops.local import broker as brokers
from ops.local import supervisor_file, topics
from ops.local.installation import NotRunning
from ops.local.other_settings import VAULT, differing
from ops.local.port_range import given_away
from ops.local.process_table import ports
from ops.local.published_reference import published_reference
from ops.local.reading import event_of, read_topic
from ops.local.status import processes, status
from ops.local.supervisor_file import SupervisorGone
from services.notify.sending.trusted import trusted
from shared.bank.event_versions import allowed_at_last, not_allowed_yet, unknown_versions
from shared.contract.ids import is_case
from shared.contract.records import Record
from shared.contract.topics import EVENTS
from shared.errors import RedressError, Unreadable
from shared.log.kafka_client import BrokerError
from shared.log.kafka_log import KafkaLog
from shared.process import disks
from shared.process.disks import LEAST_FREE_BYTES
from shared.process.settings import Settings
from shared.sealing.production import faults
from shared.sealing.stores import open_vault
from shared.sealing.vault import KeyDestroyed, KeyMissing, SealBroken

PATIENCE_SECONDS = 15.0
"""What does not answer within so long counts as away."""
MAIL_SERVER = "mail server"
ASKED = {
    "brokers": "see to the brokers, or correct REDRESS_KAFKA_…",
    "keys": "see to the server of REDRESS_VAULT_URL; what comes in meanwhile is answered 503, and nothing is lost",
    MAIL_SERVER: "see to the server, or correct REDRESS_SMTP_…",
    "webhooks": "see to the name servers that this machine asks, or to the brokers",
}
"""Whom to see to where nothing is heard."""
LAST_RECORDS = 50
"""Of each partition so many of the last are looked at: whose keys there have to be, and what time it was."""
AHEAD = timedelta(seconds=5)
"""Clocks of machines that are kept by NTP differ by less."""


class Finding(NamedTuple):
    """What was looked at, what was found, and what is wrong with it, a sentence each that says what to do."""

    about: str
    found: str
    wrong: tuple[str, ...] = ()


Look = Callable[[Settings], Awaitable[Finding]]


async def examine(settings: Settings, looks: Mapping[str, Look], told: Callable[[Finding], None]) -> bool:
    """Look at everything at once, and tell each finding in its turn; whether all is well."""
    well = True
    for look in [asyncio.create_task(look_at(settings, *one)) for one in looks.items()]:
        told(finding := await look)
        well = well and not finding.wrong
    return well


async def before_start(settings: Settings) -> Sequence[Finding]:
    """What is wrong while the brokers run and nothing else does yet, all of it at once."""
    found = await asyncio.gather(*(look_at(settings, about, LOOKS[about]) for about in BEFORE_START))
    return [finding for finding in found if finding.wrong]


async def of_mail_server(settings: Settings) -> Finding:
    """How the mail server is. It may be silent for as long as it likes: no start waits for it."""
    return await look_at(settings, MAIL_SERVER, _mail)


async def look_at(settings: Settings, about: str, look: Look) -> Finding:
    """Look at one thing; what cannot be looked at is wrong, too."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await look(settings)
    except TimeoutError:
        asked = ASKED.get(about, "see what holds it up")
        return Finding(about, "no answer", (f"nothing was heard for {PATIENCE_SECONDS:.0f} s: {asked}",))
    except (RedressError, BrokerError, OSError, aiosmtplib.SMTPException) as error:
        said = error.detail if isinstance(error, RedressError) else f"{error}"
        return Finding(about, "cannot be looked at", (said or type(error).__name__,))


async def _settings(settings: Settings) -> Finding:
    names = ", ".join(differing(settings))
    others = f"what runs was started with another {names}: give this command with the same, else it looks elsewhere"
    own = [] if settings.kafka_bootstrap else [settings.ports + 90, settings.ports + 91]
    found = (*faults(settings), others if names else "", given_away([*ports(settings, 1), *own]))
    return Finding("settings", settings.environment, tuple(filter(None, found)))


async def _disk(settings: Settings) -> Finding:
    free, wrong = await asyncio.to_thread(disks.look, settings.data, _write_in)
    said = ", ".join(f"{folder}: {left / 2**30:,.1f} GiB free" for folder, left in free.items())
    full = [folder for folder, left in free.items() if left < LEAST_FREE_BYTES and folder not in wrong]
    soon = (f"free some on the disk of {folder}: soon nothing can be written there" for folder in full)
    return Finding("disk", said, (*(f"the disk of {folder} {why}" for folder, why in wrong.items()), *soon))


def _write_in(folder: Path) -> str:
    """Try whether a folder can be written in; what is wrong with its disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return f"takes nothing ({error.strerror}): free some, or let this account write there"
    return ""


async def _processes(settings: Settings) -> Finding:
    """What runs; where nothing does, whether its ports are free."""
    try:
        passing = supervisor_file.passing(settings)
        rows = await asyncio.to_thread(status, settings)
    except SupervisorGone as error:
        return Finding("processes", "none runs any more", (error.detail,))
    except NotRunning:
        taken = [port for port in ports(settings, 1) if brokers.answers(port)]
        wrong = (f"{taken} are in use: stop what uses them, or choose others with --ports",) if taken else ()
        return Finding("processes", "none runs from this folder", wrong)
    away = tuple(_not_ready(row["name"], row["passing"]) for row in rows if not row["ready"])
    alarms = tuple(alarm for row in rows for alarm in row["alarms"])
    found = f"{len(rows)} run, {sum(row['restarts'] for row in rows)} restarts"
    return Finding("processes", found, (*passing, *away, *alarms))


def _not_ready(name: str, passing: str) -> str:
    return f"{name} is {passing}: wait for it" if passing else f"{name} is not ready: `redress logs {name}` says why"


async def _brokers(settings: Settings) -> Finding:
    if not await reachable(settings):
        return _own_broker(settings)
    missing, wrong = await topics.compare(settings)
    found = f"{settings.bootstrap}, {len(topics.wanted(settings)) - len(missing)} topics"
    gone = (f"{', '.join(missing)} missing: `redress topics apply`",) if missing else ()
    return Finding("brokers", found, (*gone, *wrong))


def _own_broker(settings: Settings) -> Finding:
    """A broker of this folder that answers nothing: whether it should."""
    try:
        processes(settings)
    except NotRunning:
        return Finding("brokers", "its own, which does not run: `redress up` starts it")
    wrong = (
        "until it answers again nothing is taken in or decided, and nothing is lost: `redress status` says what to do",
    )
    return Finding("brokers", f"its own at {settings.bootstrap} answers nothing", wrong)


async def _keys(settings: Settings) -> Finding:
    """Whether the vault is the one that the last cases of the log were sealed with."""
    if not await reachable(settings):
        return Finding("keys", "not looked at without brokers")
    if VAULT.intersection(differing(settings)):
        return Finding("keys", "not looked at: this shell has other settings than what runs (see above)")
    cases = {record.key for record in await read_topic(settings, EVENTS, since=await _last(settings))}
    if not cases:  # to open a vault makes one where there is none
        return Finding("keys", "the log has no case yet")
    found = wrong = 0
    async with open_vault(settings) as vault:
        for case in filter(is_case, cases):
            try:
                await vault.key(case)
                found += 1
            except KeyDestroyed:
                found += 1  # it was erased, and the vault knows that
            except (KeyMissing, SealBroken):
                wrong += 1
    said = f"{wrong} of {found + wrong} cases of the last records have no key here that opens: give back the vault and "
    said += "the master key that this log was written with (docs/how-to/keys.md); what is sealed is lost without them"
    return Finding("keys", f"{found} cases looked at", (said,) if wrong else ())


async def _clock(settings: Settings) -> Finding:
    """Whether this machine's clock is behind what was recorded last."""
    if settings.clock == "steered":
        return Finding("clock", "steered: `redress clock show`")
    records = await read_topic(settings, EVENTS, since=await _last(settings)) if await reachable(settings) else []
    now = datetime.now(UTC)
    recorded = recorded_last(records) or now
    said = f"it is {recorded - now} behind the last event: set it (NTP), or limits are counted from a wrong day"
    return Finding("clock", f"{now:%Y-%m-%dT%H:%M:%SZ}", (said,) if recorded > now + AHEAD else ())


def recorded_last(records: Iterable[Record]) -> datetime | None:
    """When the newest of these events was recorded, as far as they can be read here."""
    found: datetime | None = None
    for record in records:
        with suppress(Unreadable, ValueError, TypeError):
            at = event_of(record).recorded_at
            found = at if found is None else max(found, at)
    return found


async def _versions(settings: Settings) -> Finding:
    """Whether this code knows the versions of events that may be written, and which of its own may not be yet."""
    if not await reachable(settings):
        return Finding("versions", "not looked at without brokers")
    allowed = allowed_at_last(await published_reference(settings))
    if allowed is None:
        return Finding("versions", "none published: the newest known of each event is written, and CaseChanged.v1")
    waits, unknown = not_allowed_yet(allowed), unknown_versions(allowed)
    found = (
        f"not allowed yet: {', '.join(waits)} (docs/how-to/upgrade.md)" if waits else "all known ones may be written"
    )
    said = (
        f"{', '.join(unknown)} may be written, and this version of Redress does not know it: start no process of it, "
    )
    said += "each would wait with every case that has one; take the newer version"
    return Finding("versions", found, (said,) if unknown else ())


async def _mail(settings: Settings) -> Finding:
    """Whether the mail server answers, encrypts and lets us in as the settings say. Nothing is sent."""
    if settings.smtp_port == 0:
        return Finding(MAIL_SERVER, "development: letters stay in data/outbox")
    secret = settings.smtp_password
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host, port=settings.smtp_port, timeout=settings.smtp_timeout_seconds,
        use_tls=settings.smtp_tls == "tls", start_tls=settings.smtp_tls == "starttls",
        tls_context=trusted(settings) if settings.smtp_tls != "none" else None,
        username=settings.smtp_username, password=secret.get_secret_value() if secret else None,
    )  # fmt: skip
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        await client.connect()
        await client.quit()
    except (OSError, aiosmtplib.SMTPException) as error:
        said = f"{error}: see to the server, or correct REDRESS_SMTP_…; letters wait meanwhile and are tried again"
        return Finding(MAIL_SERVER, f"{server} takes no letters", (said,))
    finally:
        client.close()
    return Finding(MAIL_SERVER, f"{server} answers")


LOOKS: dict[str, Look] = {
    "settings": _settings,
    "disk": _disk,
    "processes": _processes,
    "brokers": _brokers,
    "keys": _keys,
    "clock": _clock,
    "versions": _versions,
    MAIL_SERVER: _mail,
}
"""What processes need, in the order in which it is told."""
BEFORE_START = ("settings", "disk", "keys", "clock", "versions")
"""What `redress up` looks at first: free ports and topics it has seen to; a mail server letters wait for."""
HARMFUL = frozenset({"keys", "clock"})
"""With these wrong nothing may start: what came in would be sealed with other keys, or counted from a wrong day."""


async def reachable(settings: Settings) -> bool:
    """Whether there are brokers to ask: those of others always, its own while it answers."""
    return settings.kafka_bootstrap is not None or await asyncio.to_thread(brokers.serves, settings.ports + 90)


async def _last(settings: Settings) -> dict[int, int]:
    """Per partition where its last records begin."""
    log = KafkaLog(settings)
    try:
        return {partition: max(0, end - LAST_RECORDS) for partition, end in (await log.ends()).items()}
    finally:
        await log.stop()
