"""Messages over SMTP against a bare aiosmtpd with the same producer, in turns; and the memory that large ones take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import uuid4

import aiosmtplib

from bench.ground import Ground, Measured
from bench.table import Row, progress, ratios, spread
from shared.process.settings import Settings
from tests.support.processes import start, stop, until_ready

LISTENER, BARE = "services.intake.mail.process", "bench.bare_mail"
UNIT, CUSTOMER = "office@dongqiao.example", "jia@customer.example"
MESSAGES, AT_ONCE, ROUNDS = 200, 8, 3
LARGE, LARGE_AT_ONCE = 18 * 2**20, 6
GOAL = 0.3
MOST_MIB = 1024


async def rows(ground: Ground, long: bool) -> AsyncIterator[Row]:
    """Speed, then memory."""
    settings = await ground.installation("mail", data=ground.folder / "mail")
    async with _serving(settings, BARE) as bare, _serving(settings, LISTENER) as listener:
        for number in range(ROUNDS):
            progress(f"{MESSAGES} messages to each, round {number + 1} of {ROUNDS}")
            await bare.measure()
            await listener.measure()
        calm = peak_mib(listener.pid)
        await listener.large()
        peak = peak_mib(listener.pid)
    against = ratios(listener.rates, bare.rates)
    yield Row(
        "messages over SMTP",
        f"{spread(listener.rates)} messages/s, {spread(listener.costs, '.1f')} ms of CPU each",
        f"{spread(against, '.2f')} of a bare aiosmtpd (≥ {GOAL}); its CPU {spread(bare.costs, '.1f')} ms",
        median(against) >= GOAL,
    )
    yield Row(
        f"memory of the mail listener, {LARGE_AT_ONCE} messages of {LARGE // 2**20} MiB at once",
        f"{peak:,.0f} MiB at the most; {calm:,.0f} MiB before",
        f"≤ {MOST_MIB:,} MiB",
        peak <= MOST_MIB,
    )


def peak_mib(pid: int) -> float:
    """The most memory that a process has had so far."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def message(padding: int = 0) -> bytes:
    """A customer's message; with so many bytes as a file."""
    mark = uuid4().hex
    head = f"From: {CUSTOMER}\r\nTo: {UNIT}\r\nSubject: complaint\r\nMessage-ID: <{mark}@customer.example>\r\n"
    if not padding:
        return f"{head}\r\nYou charged my card twice, {mark}.\r\n".encode()
    parts = f'Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n--{mark}\r\n\r\nSee the file.\r\n--{mark}\r\n'
    file = "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    lines = (b"QUJD" * 19 + b"\r\n") * (padding // 78)
    return (head + parts + file).encode() + lines + f"--{mark}--\r\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Measured):
    """A process that takes mail."""

    port: int

    async def measure(self) -> None:
        """One round over kept-open connections."""
        with self.one_round(MESSAGES):
            await asyncio.gather(*(self._send([message() for _ in range(MESSAGES // AT_ONCE)]) for _ in range(AT_ONCE)))

    async def large(self) -> None:
        """Large messages, all at once."""
        await asyncio.gather(*(self._send([message(LARGE)]) for _ in range(LARGE_AT_ONCE)))

    async def _send(self, messages: list[bytes]) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, start_tls=False, timeout=120) as client:
            for one in messages:
                await self._taken(client, one)

    async def _taken(self, client: aiosmtplib.SMTP, one: bytes) -> None:
        """Hand one over, again where the answer is to come again: as a mail server does."""
        for _ in range(10):
            try:
                await client.sendmail(CUSTOMER, [UNIT], one)
            except aiosmtplib.SMTPResponseException as error:
                if error.code >= 500:
                    raise
                await asyncio.sleep(1)
            else:
                return
        raise TimeoutError


@asynccontextmanager
async def _serving(settings: Settings, module: str) -> AsyncIterator[Server]:
    """A process at ports of its own, ready."""
    own = settings.model_copy(update={"ports": settings.ports + (50 if module == BARE else 0)})
    process = await start(own, module, settings.data / f"{module}.log")
    try:
        await until_ready(own.ports + 28, process)
        yield Server(port=own.ports + 25, pid=process.pid)
    finally:
        await stop(process)
