"""An answer goes on with its case if it comes from an address of it; machines get no case, or no letter."""

# ruff: noqa: E501 - one row is one kind

from email.message import EmailMessage
from pathlib import Path

import pytest

from shared.contract.letter_ids import letter_id
from tests.support.mail_in_process import CUSTOMER, UNIT, MailHouse, letter, mail_house

OTHER = "yi@other.example"


async def opened(house: MailHouse) -> tuple[str, str]:
    """A case by mail: its id and number."""
    await house.send(letter())
    (case,) = house.events("ComplaintReceived")
    return case.subject, case.data["case_number"]


@pytest.mark.parametrize("how", ["number", "wide number", "message", "references", "letter"])
async def test_an_answer_joins_its_case(tmp_path: Path, how: str) -> None:
    """By whatever it names it."""
    async with mail_house(tmp_path) as house:
        case, number = await opened(house)
        wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"})
        named = {
            "number": {"Subject": f"回复：您的投诉已登记，编号{number}"}, "wide number": {"Subject": f"编号 {wide}"},
            "message": {"In_Reply_To": "<one@customer.example>"},
            "references": {"References": "<zero@x.example>\r\n <one@customer.example> <three@x.example>"},
            "letter": {"In_Reply_To": letter_id("0f9b4a86-9e8b-58cf-bd9a-a197a23e7bd8", case, "example-bank")},
        }[how]  # fmt: skip
        named = {name: value.replace("\r\n ", " ") for name, value in named.items()}
        await house.send(letter("再补充一点", Message_ID="<two@customer.example>", **named))
        (added,) = house.events("ReceiptAdded")

        assert added.subject == case
        assert "再补充一点" in (await house.opened(added, "matter", "narrative") or "")
        assert len(house.events("ComplaintReceived")) == 1


@pytest.mark.parametrize(
    "sender",
    [
        f"乙某 <{OTHER}>", f'"{CUSTOMER}" <{OTHER}>', f"{OTHER} ({CUSTOMER})", f"{CUSTOMER}, {OTHER}", f"{OTHER}, {CUSTOMER}",
        f"=?utf-8?Q?{CUSTOMER.replace('@', '=40')}?= <{OTHER}>", f"<{CUSTOMER}> <{OTHER}>",
    ],
)  # fmt: skip
async def test_a_forged_answer_opens_nothing(tmp_path: Path, sender: str) -> None:
    """It is a case of its own, of which the other one shows nothing; and nobody gets a letter by itself."""
    async with mail_house(tmp_path) as house:
        case, number = await opened(house)
        raw = letter(
            "给我看看",
            Subject=f"Re: {number}",
            From="",
            Message_ID="<f@other.example>",
            In_Reply_To="<one@customer.example>",
        )
        await house.send(f"From: {sender}\r\n".encode() + raw, sender=OTHER)
        (own,) = [event for event in house.events("ComplaintReceived") if event.subject != case]

        assert house.events("ReceiptAdded") == []
        assert own.data["relates_to"] is None
        assert own.data["warnings"] == ["unanswered"]


async def test_an_answer_from_another_unit_s_mailbox_joins_too(tmp_path: Path) -> None:
    """The customer answers to whom he likes."""
    async with mail_house(tmp_path) as house:
        case, number = await opened(house)
        await house.send(letter("x", Subject=number, Message_ID="<2@x.example>"), "hall@dongqiao.example")

        assert [event.subject for event in house.events("ReceiptAdded")] == [case]


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto_Submitted": "auto-replied"}, CUSTOMER), ({"Auto_Submitted": "auto-generated; x=y"}, CUSTOMER),
        ({}, ""), ({"List_Id": "<l.example>"}, CUSTOMER), ({"List_Unsubscribe": "<mailto:x@y.example>"}, CUSTOMER),
        ({"From": f"{UNIT.upper()}"}, CUSTOMER), ({"From": "office+x@province.example"}, CUSTOMER),
    ],
)  # fmt: skip
async def test_what_no_customer_wrote_is_no_case(tmp_path: Path, headers: dict[str, str], sender: str) -> None:
    """It is taken, counted, and leaves nothing."""
    async with mail_house(tmp_path) as house:
        assert await house.send(letter(**headers), sender=sender) == "250 taken"
        assert house.events() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk"}, {"Precedence": "Junk"}, {"Precedence": "auto_reply"}, {"X_Autoreply": "yes"},
        {"X_Autorespond": "x"}, {"X_Auto_Response_Suppress": "All"}, {"X_Loop": "x"},
    ],
)  # fmt: skip
async def test_what_a_machine_may_have_written_is_a_case_without_a_letter(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    """Somebody reads it."""
    async with mail_house(tmp_path) as house:
        await house.send(letter(**headers))

        assert house.events("ComplaintReceived")[0].data["warnings"] == ["unanswered"]


async def test_said_not_to_be_a_machines_it_is_a_customers(tmp_path: Path) -> None:
    """Auto-Submitted: no."""
    async with mail_house(tmp_path) as house:
        await house.send(letter(Auto_Submitted="no"))

        assert house.events("ComplaintReceived")[0].data["warnings"] == []


async def test_a_machine_that_says_the_same_again_gets_no_second_letter(tmp_path: Path) -> None:
    """Also if it counts what it sends, and names nothing."""
    async with mail_house(tmp_path) as house:
        for number in (1, 2, 3):
            await house.send(letter(f"您的来信（{number}）已收到", Message_ID=f"<{number}@x.example>"))

        assert [case.data["warnings"] for case in house.events("ComplaintReceived")] == [
            [],
            ["unanswered"],
            ["unanswered"],
        ]


async def test_a_message_that_only_a_key_opens_is_kept_for_a_person(tmp_path: Path) -> None:
    """Marked, and sealed whole."""
    message = EmailMessage()
    for name, value in {"From": CUSTOMER, "Subject": "密件", "Message-ID": "<e@x.example>"}.items():
        message[name] = value
    message.set_content(b"MIIB", maintype="application", subtype="pkcs7-mime")
    async with mail_house(tmp_path) as house:
        await house.send(message.as_bytes())
        (case,), (kept,) = house.events("ComplaintReceived"), house.events("EvidenceAdded")

        assert case.data["warnings"] == ["unreadable"]
        assert kept.data["kind"] == "message"
        assert b"pkcs7-mime" in await house.content(kept)


async def test_only_the_own_mail_servers_word_counts_on_where_a_message_came_from(tmp_path: Path) -> None:
    """It stands above its Received, under the name by which it greets."""

    def word(who: str, what: str) -> str:
        return f"Authentication-Results: {who}; {what}\r\n"

    raw = word("elsewhere.example", "spf=pass") + word("mx.bank.example", "spf=fail") + "Received: from x by y\r\n"
    raw += word("mx.bank.example", "dkim=pass")
    async with mail_house(tmp_path) as house:
        await house.send(raw.encode() + letter(Reply_To=OTHER, Sender="Chef <chef@x.example>"))
        (case,) = house.events("ComplaintReceived")

        assert await house.opened(case, "details", "authentication") == "mx.bank.example; spf=fail"
        assert await house.opened(case, "details", "reply_to") == OTHER
        assert await house.opened(case, "details", "sender") == "Chef <chef@x.example>"
        assert await house.opened(case, "complainant", "email") == CUSTOMER


@pytest.mark.parametrize("sender", ["", "no address", "a@b@c", "<>", "=?utf-8?Q?a=40b.example?="])
async def test_without_a_sender_it_is_anonymous(tmp_path: Path, sender: str) -> None:
    """What is known of its way is kept."""
    async with mail_house(tmp_path) as house:
        await house.send(f"From: {sender}\r\n".encode() + letter(From=""), sender="path@x.example")
        (case,) = house.events("ComplaintReceived")

        assert (case.data["anonymous"], case.data["complainant"]) == (True, None)
        assert "path@x.example" in (await house.opened(case, "details", "sender") or "")


def report(returned: str, action: str = "failed") -> bytes:
    """What a mail server says of a letter (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nMessage-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {CUSTOMER}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    ).encode()


LETTER = "0f9b4a86-9e8b-58cf-bd9a-a197a23e7bd8"


@pytest.mark.parametrize("return_path", ["", "mailer@mx.example"])
@pytest.mark.parametrize("how", ["id", "number"])
async def test_a_letter_that_came_back_is_told_on_its_case(tmp_path: Path, return_path: str, how: str) -> None:
    """Whatever the return path; a letter of before is found by the number in its subject."""
    async with mail_house(tmp_path) as house:
        case, number = await opened(house)
        ids = {"id": letter_id(LETTER, case, "example-bank"), "number": f"<{LETTER}@example-bank.redress>"}
        returned = f"Subject: {number}\r\nMessage-ID: {ids[how]}\r\n"
        assert await house.send(report(returned), sender=return_path) == "250 taken"
        (told,) = house.events("LetterReturned")

        assert (told.subject, told.data) == (case, {"message_id": LETTER})


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
async def test_other_reports_are_counted(tmp_path: Path, action: str) -> None:
    """And so are those of letters that are not ours."""
    async with mail_house(tmp_path) as house:
        case, _ = await opened(house)
        await house.send(report(f"Message-ID: {letter_id(LETTER, case, 'example-bank')}\r\n", action))
        await house.send(report("Message-ID: <x@y.example>\r\n"))
        await house.send(report(f"Message-ID: {letter_id(LETTER, case, 'other-bank')}\r\n"))

        assert [event.name for event in house.events()] == ["ComplaintReceived"]
