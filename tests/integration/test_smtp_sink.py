"""The mail server of one machine, as its own process: every letter is kept whole, doubles can be seen."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from ops.local.smtp_sink import Outbox
from tests.support.broker import free_ports

LETTER = b"Message-ID: <one@bank.redress>\r\nSubject: x\r\n\r\nWords\r\n"


@asynccontextmanager
async def sink(data: Path, port: int) -> AsyncIterator[None]:
    """The sink's process, ready."""
    environment = os.environ | {
        "REDRESS_DATA": str(data),
        "REDRESS_SMTP_PORT": str(port),
        "REDRESS_HEALTH_PORT": str(port + 1),
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "ops.local.smtp_sink", env=environment)
    try:
        await ready(port + 1)
        yield
    finally:
        process.terminate()
        assert 0 == await process.wait()


async def page(port: int, path: str) -> httpx.Response:
    """A page of the sink's health port."""
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://127.0.0.1:{port}{path}")


async def ready(port: int) -> None:
    """Wait, at most twenty seconds, until the sink says that it is ready."""
    async with asyncio.timeout(20), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
                continue
            assert 200 == answer.status_code
            return


async def send(port: int, content: bytes) -> str:
    """Send one letter; the server's answer."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        _, reply = await client.sendmail("a@bank.example", ["b@bank.example"], content)
    return reply


async def test_letters_are_kept_as_they_came_and_doubles_beside_them(tmp_path: Path) -> None:
    """The same Message-ID twice gives two files; nothing half written lies in the folder."""
    port = free_ports(2)
    async with sink(tmp_path, port):
        replies = [await send(port, LETTER) for _ in range(2)]
        other = await send(port, LETTER.replace(b"one@", b"two@"))

    assert ["kept as one.eml", "kept as one.2.eml", "kept as two.eml"] == [*replies, other]
    assert ["one.2.eml", "one.eml", "two.eml"] == sorted(p.name for p in (tmp_path / "outbox").iterdir())
    assert LETTER == (tmp_path / "outbox" / "one.eml").read_bytes()


async def test_a_message_id_is_no_path(tmp_path: Path) -> None:
    """What a sender writes into a header never leaves the folder."""
    port = free_ports(2)
    async with sink(tmp_path, port):
        await send(port, LETTER.replace(b"<one@", b"<../../one/@"))

    assert ["....one.eml"] == [p.name for p in (tmp_path / "outbox").iterdir()]


async def test_a_letter_that_cannot_be_kept_is_put_off_and_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is no verdict on the letter: a 5xx would make it fail for good."""
    outbox = Outbox(tmp_path)

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    reply = await outbox.keep(LETTER)

    assert reply.startswith("451 ")
    assert [] == list(tmp_path.iterdir())


async def test_one_connection_brings_many_letters(tmp_path: Path) -> None:
    """Senders keep their connections."""
    port = free_ports(2)
    async with sink(tmp_path, port), aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
        replies = [
            (await client.sendmail("a@bank.example", ["b@bank.example"], LETTER.replace(b"one@", b"%d@" % n)))[1]
            for n in range(5)
        ]

    assert [f"kept as {n}.eml" for n in range(5)] == replies


async def test_a_letter_is_on_the_disk_with_its_name_before_it_is_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the 250 nobody sends it again, so a power cut must not take it: neither its content nor its name."""
    synced: list[tuple[str, list[str]]] = []

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append(("folder" if path.is_dir() else "letter", sorted(p.name for p in tmp_path.glob("*.eml"))))

    outbox = Outbox(tmp_path)
    monkeypatch.setattr(os, "fsync", fsync)
    reply = await outbox.keep(LETTER)

    assert "250 kept as one.eml" == reply
    assert [("letter", []), ("folder", ["one.eml"])] == synced


async def test_the_sink_tells_how_it_is_and_what_it_took(tmp_path: Path) -> None:
    """Live, ready only while letters can be written, and counted."""
    port = free_ports(2)
    async with sink(tmp_path, port):
        await send(port, LETTER)
        live, metrics = await page(port + 1, "/health/live"), await page(port + 1, "/metrics")
        ready_before = await page(port + 1, "/health/ready")
        (tmp_path / "outbox").rename(tmp_path / "elsewhere")
        ready_after = await page(port + 1, "/health/ready")
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await send(port, LETTER)
        metrics_after = await page(port + 1, "/metrics")

    assert (200, 200, 503) == (live.status_code, ready_before.status_code, ready_after.status_code)
    assert 'redress_sink_letters_total{outcome="kept"} 1.0' in metrics.text
    assert 451 == refused.value.code
    assert 'redress_sink_letters_total{outcome="put_off"} 1.0' in metrics_after.text


async def test_what_is_posted_to_a_gateway_lies_in_its_folder(tmp_path: Path) -> None:
    """A text message that comes a second time can be seen as such."""
    port = free_ports(2)
    message = {"id": "5f0c", "to": "00005550001", "text": "您的投诉已登记。"}
    async with sink(tmp_path, port), httpx.AsyncClient() as client:
        answers = [await client.post(f"http://127.0.0.1:{port + 1}/sms", json=message) for _ in range(2)]

    assert [202, 202] == [answer.status_code for answer in answers]
    assert ["5f0c.2.json", "5f0c.json"] == sorted(file.name for file in (tmp_path / "outbox" / "sms").iterdir())
