"""One message to a unit is one submission: once in the log, whatever is sent again, answered 250 only then."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from shared.errors import OutcomeUnknown
from tests.support.mail_in_process import CUSTOMER, UNIT, letter, mail_house

PDF = b"%PDF-1.4 scan"


async def test_a_message_is_a_case_of_the_unit_it_was_sent_to(tmp_path: Path) -> None:
    """With its subject and text as narrative, its sender as complainant, its file as evidence."""
    message = EmailMessage()
    for name, value in {"From": f"甲某 <{CUSTOMER}>", "Subject": "多收费", "Message-ID": "<a@b.example>"}.items():
        message[name] = value
    message.set_content("八月重复扣款。")
    message.add_attachment(PDF, maintype="application", subtype="octet-stream", filename="../流水.pdf")

    async with mail_house(tmp_path) as house:
        assert await house.send(message.as_bytes(), UNIT.upper()) == "250 taken"
        (case,), (file,) = house.events("ComplaintReceived"), house.events("EvidenceAdded")

        assert case.data["channel"] == "mail"
        assert (case.data["submitter"], case.actor) == (f"smtp:{UNIT}", f"smtp:{UNIT}")
        assert case.data["received_by"] == {"unit": "dongqiao", "person": None}
        assert case.data["reachable_by"] == ["email"]
        assert await house.opened(case, "matter", "narrative") == "多收费\n\n八月重复扣款。"
        assert await house.opened(case, "complainant", "email") == CUSTOMER
        assert await house.opened(case, "complainant", "name") == "甲某"
        assert await house.opened(case, "details", "message_id") == "<a@b.example>"
        assert await house.opened(file, "file_name") == "流水.pdf"
        assert await house.opened(file, "note") == "原文件名：../流水.pdf"
        assert (file.data["media_type"], await house.content(file)) == ("application/pdf", PDF)


@pytest.mark.parametrize("trace", ["", "Received: from a by b; Mon, 1 Jan 2024\r\nX-Spam: no\r\nDelivered-To: x@y\r\n"])
async def test_the_same_message_again_changes_nothing(tmp_path: Path, trace: str) -> None:
    """Whichever way it took the second time."""
    async with mail_house(tmp_path) as house:
        await house.send(letter())
        before = len(house.events())

        assert await house.send(trace.encode() + letter()) == "250 taken"
        assert len(house.events()) == before


async def test_without_an_id_a_message_is_known_by_what_it_says(tmp_path: Path) -> None:
    """The same again is the same; another text is another case."""
    async with mail_house(tmp_path) as house:
        for text in ("一", "一", "二"):
            await house.send(letter(text, Message_ID=""))

        assert len(house.events("ComplaintReceived")) == 2


async def test_the_same_id_with_another_content_is_kept_for_a_person(tmp_path: Path) -> None:
    """Once, however often it comes."""
    async with mail_house(tmp_path) as house:
        await house.send(letter("先这样说"))
        for _ in range(2):
            assert await house.send(letter("又那样说")) == "250 taken"
        (kept,) = house.events("EvidenceAdded")

        assert len(house.events("ComplaintReceived")) == 1
        assert len({event.id for event in house.events("ReceiptConflictDetected")}) == 1
        assert kept.data["kind"] == "message"
        assert (await house.content(kept)).replace(b"\r\n", b"\n") == letter("又那样说")


@pytest.mark.parametrize("to", ["office+credit@dongqiao.example", "OFFICE@Dongqiao.example"])
async def test_a_recipient_is_known_however_it_is_written(tmp_path: Path, to: str) -> None:
    """Letter case and what follows a plus sign do not count."""
    async with mail_house(tmp_path) as house:
        await house.send(letter(), to)

        assert house.events("ComplaintReceived")[0].data["received_by"]["unit"] == "dongqiao"


@pytest.mark.parametrize("to", ["postmaster", "postmaster@dongqiao.example"])
async def test_the_postmaster_is_the_top_units(tmp_path: Path, to: str) -> None:
    """As every mail server has to have one."""
    async with mail_house(tmp_path) as house:
        await house.send(letter(), to)

        assert house.events("ComplaintReceived")[0].data["received_by"]["unit"] == "province"


@pytest.mark.parametrize("to", ["nobody@dongqiao.example", "office@elsewhere.example", "postmaster@elsewhere.example"])
async def test_nobodys_address_is_refused(tmp_path: Path, to: str) -> None:
    """So its sender hears of it."""
    async with mail_house(tmp_path) as house:
        assert (await house.send(letter(), to))[:3] == "550"
        assert house.events() == []


async def test_of_several_units_the_first_has_the_case(tmp_path: Path) -> None:
    """The others stand in it; a delivery to yet another one is a case of that one, linked."""
    async with mail_house(tmp_path) as house:
        await house.send(letter(), UNIT, "office@province.example")
        await house.send(letter(), "office@province.example", UNIT)
        (case,) = house.events("ComplaintReceived")
        assert case.data["details"]["also_sent_to"] == ["province"]

        await house.send(letter(), "hall@dongqiao.example")
        second = house.events("ComplaintReceived")[1]
        assert second.data["received_by"]["unit"] == "dongqiao.hall"
        assert second.data["relates_to"]["case_id"] == case.subject


async def test_what_cannot_be_written_is_not_answered_250(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is sent again, and then it is there once."""
    async with mail_house(tmp_path) as house:
        append = house.house.log.append

        async def away(records: object) -> None:
            raise OutcomeUnknown

        monkeypatch.setattr(house.house.log, "append", away)
        assert (await house.send(letter()))[:3] == "451"

        monkeypatch.setattr(house.house.log, "append", append)
        assert (await house.send(letter()))[:3] == "250"
        assert len(house.events("ComplaintReceived")) == 1
        assert house.events("ComplaintReceived")[0].data["warnings"] == []


async def test_chinese_stands_beside_english_only_where_it_can_be_read(tmp_path: Path) -> None:
    """Under SMTPUTF8."""
    async with mail_house(tmp_path) as house:
        assert await house.send(letter(), utf8=True) == "250 taken 已收到"
