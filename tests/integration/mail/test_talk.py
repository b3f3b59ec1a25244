"""The talk holds against what no mail server would send: nothing is smuggled, nothing held for ever, nothing lost."""

import asyncio
from pathlib import Path

import pytest

from tests.support.mail_in_process import CUSTOMER, UNIT, MailHouse, letter, mail_house

START = b"EHLO x\r\nMAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n" % (CUSTOMER.encode(), UNIT.encode())
END = b"\r\n.\r\n"


async def talk(house: MailHouse, *pieces: bytes, quit_: bool = True) -> str:
    """All that is answered until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    for piece in (*pieces, *((b"QUIT\r\n",) if quit_ else ())):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.02)
    if not quit_:
        writer.close()
        return ""
    said = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await house.folded()
    return said.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\r\n.\r\r\n", b"\0\r\n.\0\r\n"]
)
async def test_nothing_is_smuggled_behind_an_end_that_is_none(tmp_path: Path, end: bytes) -> None:
    """One message, with the other one as words in it (CVE-2023-51764 and its kin)."""
    inner = (
        b"MAIL FROM:<x@evil.example>\r\nRCPT TO:<hall@dongqiao.example>\r\nDATA\r\nFrom: x@evil.example\r\n\r\nforged"
    )
    async with mail_house(tmp_path) as house:
        await talk(house, START, letter().replace(b"\n", b"\r\n") + end + inner + END)
        (case,) = house.events("ComplaintReceived")

        assert case.data["received_by"]["unit"] == "dongqiao"
        assert "forged" in (await house.opened(case, "matter", "narrative") or "")


@pytest.mark.parametrize("cut", range(1, 5))
async def test_the_end_may_come_in_pieces(tmp_path: Path, cut: int) -> None:
    """And the next command behind it in the same packet."""
    async with mail_house(tmp_path) as house:
        raw = letter("一句话\r\n..点").replace(b"\n", b"\r\n").rstrip(b"\r\n")
        said = await talk(house, START, raw + END[:cut], END[cut:] + b"NOOP\r\n")

        assert said.count("250 ") >= 4
        assert "一句话\n.点" in (await house.opened(house.events("ComplaintReceived")[0], "matter", "narrative") or "")


async def test_an_empty_message_is_a_message(tmp_path: Path) -> None:
    """For a person to look at."""
    async with mail_house(tmp_path) as house:
        assert "250 taken" in await talk(house, START, b".\r\n")
        assert house.events("ComplaintReceived")[0].data["warnings"] == ["unreadable"]


@pytest.mark.parametrize("length", [1000, 2**17, 2**20])
async def test_long_lines_are_taken(tmp_path: Path, length: int) -> None:
    """As programs without a thought for limits send them."""
    async with mail_house(tmp_path) as house:
        assert "250 taken" in await talk(house, START, b"Subject: x\r\n\r\n" + b"x" * length + END)


async def test_what_is_cut_off_is_not_there(tmp_path: Path) -> None:
    """Neither half a message, nor one after RSET; the listener goes on."""
    async with mail_house(tmp_path) as house:
        await talk(house, START, letter()[:100], quit_=False)
        said = await talk(house, START.replace(b"DATA\r\n", b"RSET\r\nDATA\r\n"))
        assert "503" in said
        await asyncio.sleep(0.2)
        assert (house.events(), house.desk.door.inside, house.desk.room.held) == ([], 0, 0)

        assert await house.send(letter()) == "250 taken"


async def test_too_large_is_told_before_and_after(tmp_path: Path) -> None:
    """By the size that is announced, and by what comes."""
    async with mail_house(tmp_path) as house:
        assert "250-SIZE 31457280" in await talk(house, b"EHLO x\r\n")
        assert "552" in await talk(house, b"EHLO x\r\nMAIL FROM:<a@b.example> SIZE=31457281\r\n")
        said = await talk(house, START, *([b"x" * 2**20] * 31), END)
        assert "552" in said
        assert (house.events(), house.desk.room.held) == ([], 0)


async def test_memory_is_bounded_whatever_comes_at_once(tmp_path: Path) -> None:
    """What does not fit comes again."""
    async with mail_house(tmp_path, room=2**20) as house:
        assert "452" in await talk(house, START, b"x" * 2**20, b"x" * 2**20, END)
        assert house.desk.room.held == 0
        assert await house.send(letter()) == "250 taken"


async def test_one_connection_too_many_is_told_to_come_again(tmp_path: Path) -> None:
    """And comes in once another has gone."""
    async with mail_house(tmp_path, most=1) as house:
        _, held = await asyncio.open_connection("127.0.0.1", house.port)
        await asyncio.sleep(0.1)
        assert (await talk(house, b"")).startswith("421")
        held.close()
        await asyncio.sleep(0.2)
        assert await house.send(letter()) == "250 taken"


async def test_strangers_are_turned_away_at_the_greeting(tmp_path: Path) -> None:
    """Whoever is in none of the networks."""
    async with mail_house(tmp_path, peers="192.0.2.0/24, 2001:db8::/32") as house:
        assert (await talk(house, b"")).startswith("554")


async def test_who_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    """Neither between commands nor within a message."""
    async with mail_house(tmp_path, seconds=0.3) as house:
        for start in (b"EHLO x\r\n", START + b"half a"):
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(start)
            await asyncio.wait_for(reader.read(), 5)
            writer.close()
        assert house.desk.room.held == 0


async def test_while_the_log_is_away_nothing_is_taken(tmp_path: Path) -> None:
    """It is told at once, and the message comes again."""
    async with mail_house(tmp_path, ready=lambda: False) as house:
        assert await house.send(letter()) == "451 not taken now, send it again"


@pytest.mark.parametrize(
    "command",
    [
        b"\xff\xfe\r\n",
        b"MAIL FROM:<\xff@x>\r\n",
        b"X" * 200_000 + b"\r\n",
        b"\r\n\r\n",
        b"EHLO \xe6\r\n",
        b"VRFY \xff\r\n",
    ],
)
async def test_odd_commands_end_nothing(tmp_path: Path, command: bytes) -> None:
    """The talk goes on, and so does the listener."""
    async with mail_house(tmp_path) as house:
        assert "221" in await talk(house, b"EHLO x\r\n", command)
        assert await house.send(letter()) == "250 taken"
