"""The sender against a real mail server on loopback: what arrives, what is refused."""

from email.headerregistry import Address
from email.policy import SMTP as STANDARD
from email.policy import EmailPolicy
from pathlib import Path
from typing import Any

import pytest

from services.notify.letters.fields import Letter
from services.notify.sending.mail_and_sheet import message
from services.notify.sending.mail_policy import LETTER_POLICY
from shared.contract.events.notify import MessageSendStarted
from shared.process.settings import Settings
from shared.sealing.stores import open_vault
from tests.support.broker import free_ports
from tests.support.facts import CASE
from tests.support.mail_server import running
from tests.support.sending_case import ACKNOWLEDGEMENT, CUSTOMER, NARRATIVE, NOTICE, Desk, open_desk, server_for

# -- what arrives ------------------------------------------------------------------------------------


async def test_a_chinese_letter_arrives_as_it_was_written(desk: Desk) -> None:
    """Names, subject and text survive the way, to one recipient and from the accepting unit."""
    async with running(server_for(desk)) as server:
        result = await desk.sender().deliver(desk.started[NOTICE])

    (letter,) = server.letters()
    assert "sent" == result["outcome"]
    assert "客户投诉书面通知，编号20200305-0000000001-1" == letter["Subject"]
    assert "示例银行 东侨支行 <office@dongqiao.example>" == str(letter["From"])
    assert "luo.tian@bank.example" == str(letter["To"])
    assert NARRATIVE in letter.get_content().replace("\r\n", "\n")
    assert "auto-generated" == letter["Auto-Submitted"]
    assert "text/plain" == letter.get_content_type()


async def test_the_customers_letter_does_not_repeat_the_complaint(desk: Desk) -> None:
    """Mail is read by others: the acknowledgement has name, number and limit, and nothing of the matter."""
    async with running(server_for(desk)) as server:
        await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    text = server.letters()[0].get_content()
    assert [CUSTOMER] == server.asked
    assert "甲某" in text
    assert "2020年3月10日24时" in text
    assert "柜员" not in text


async def test_the_sealed_copy_is_stored_before_the_letter_is_sent_and_is_what_was_sent(desk: Desk) -> None:
    """What was said to whom can be proved, also when the process dies right after."""
    server = server_for(desk)
    stored_by_then: list[int] = []

    async def look() -> None:
        stored_by_then.append(sum(1 for p in (desk.settings.data / "documents").rglob("*") if p.is_file()))

    server.after_data = look
    async with running(server):
        result = await desk.sender().deliver(desk.started[NOTICE])

    assert [1] == stored_by_then
    assert server.taken[0] == await desk.content(desk.started[NOTICE], result["content_sha256"])


async def test_a_repetition_is_the_same_to_the_byte_whatever_happened_since(desk: Desk) -> None:
    """The same Message-ID and words, although the case was routed to others in between."""
    decision = desk.events[1].data["decision"] | {
        "accepting": {"unit": "province", "post": "general_office", "person": "ye.lan"}
    }
    data = {"ground": "assign_unit", "decision": decision, "duties_opened": [], "duties_ended": []}
    rerouted = desk.events[1]._replace(id="later", type="redress.CaseRerouted.v1", data=data)
    async with running(server_for(desk)) as server:
        first = await desk.sender().deliver(desk.started[NOTICE])
        desk.events.append(rerouted)
        second = await desk.sender().deliver(desk.started[NOTICE])

    assert server.taken[0] == server.taken[1]
    assert first == second
    assert desk.started[NOTICE].data["smtp_message_id"] == server.letters()[1]["Message-ID"]


async def test_a_letter_has_the_bytes_of_the_standard_librarys_policy(desk: Desk) -> None:
    """What is remembered from one letter to the next changes nothing in them."""
    bank, to = Address("示例银行 东侨支行", addr_spec="office@dongqiao.example"), Address(addr_spec=CUSTOMER)
    said = Letter("客户投诉书面通知 20200305-0000000001-1", NARRATIVE)

    def made(policy: "EmailPolicy[Any]") -> list[bytes]:
        letters = [(MessageSendStarted.model_validate(one.data), one.happened_at) for one in desk.started]
        return [message(said, data, to, bank, at, policy).as_bytes() for data, at in letters]

    expected = made(STANDARD)
    assert [expected, expected] == [made(LETTER_POLICY), made(LETTER_POLICY)]


async def test_an_answer_that_repeats_the_address_is_kept_without_it(desk: Desk) -> None:
    """The server's words stand in the clear in the log."""
    server = server_for(desk)
    server.greeting = f"250 queued for <{CUSTOMER}> as A1"
    async with running(server):
        result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert "queued for … as A1" == result["smtp_reply"]


# -- what is refused ---------------------------------------------------------------------------------


async def test_a_refusal_for_good_is_told_with_its_code(desk: Desk) -> None:
    """5xx: no second attempt, somebody has to act."""
    server = server_for(desk)
    server.replies[CUSTOMER] = ["550 no such mailbox"]
    async with running(server):
        result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert ("failed", 550, "refused_by_mail_server") == (result["outcome"], result["code"], result["reason"])
    assert [CUSTOMER] == server.asked


@pytest.mark.parametrize("address", ["a,b@elsewhere.example", "no at sign", "名字@customer.example", "<x@y.example>"])
async def test_an_address_that_is_none_fails_and_reaches_nobody_else(tmp_path: Path, address: str) -> None:
    """A list in the place of an address would go to strangers."""
    settings = Settings(data=tmp_path, smtp_port=free_ports(1))
    async with open_vault(settings) as vault:
        desk = await open_desk(settings, vault, address)
        async with running(server_for(desk)) as server:
            result = await desk.sender().deliver(desk.started[ACKNOWLEDGEMENT])

    assert ("failed", None, "bad_address") == (result["outcome"], result["code"], result["reason"])
    assert [] == server.asked


async def test_an_erased_case_gets_no_letter(desk: Desk) -> None:
    """The key is destroyed: the sending ends, else it would be tried for ever."""
    await desk.vault.destroy(CASE)
    result = await desk.sender().deliver(desk.started[NOTICE])

    assert ("failed", None, "case_erased") == (result["outcome"], result["code"], result["reason"])


async def test_one_address_gets_so_many_acknowledgements_a_day_and_a_repetition_counts_once(desk: Desk) -> None:
    """Whoever submits gives the address; what is repeated after a death goes out all the same."""
    first = desk.started[ACKNOWLEDGEMENT]
    other = first._replace(data=first.data | {"message_id": "another"})
    desk.events.append(other)
    sender = desk.sender(acknowledgements_per_address=1)
    async with running(server_for(desk)) as server:
        results = [await sender.deliver(one) for one in (first, first, other, desk.started[NOTICE])]

    assert ["sent", "sent", "failed", "sent"] == [result["outcome"] for result in results]
    assert (None, "address_limit") == (results[2]["code"], results[2]["reason"])
    assert 3 == len(server.taken)
