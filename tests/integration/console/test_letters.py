"""Letters can be read as they were sent, by whoever may open what is sealed; each opening is on record first."""

from email.message import EmailMessage
from typing import Any

import pytest

from shared.contract.events.notify import MessageSendStarted, MessageSent
from shared.contract.subjects import Subject
from shared.sealing.documents import Documents
from shared.sealing.vault import Vault
from tests.support.console_in_process import MASTER, Console
from tests.support.console_stories import Story
from tests.support.facts import SEALED

MESSAGE = "bb00828c-e5b6-5410-85d3-c87a41d5e536"
WORDS = "尊敬的甲某女士：\n\n我行已收到并登记。\n"
TEMPLATE = {"id": "acknowledgement.zh", "version": "0d9044c5ef43"}


def mail() -> bytes:
    """What the mail server got."""
    made = EmailMessage()
    made["Subject"] = "您的投诉已登记"
    made.set_content(WORDS, charset="utf-8", cte="base64")
    return made.as_bytes()


async def sent(desk: Console, way: str, content: bytes) -> str:
    """Where one letter of a case is read, which was sent."""
    story = Story()
    documents = Documents(desk.settings.data / "documents", Vault(desk.keys, [MASTER]))
    sha256 = await documents.put(story.id, f"message.{MESSAGE}", content)
    common: dict[str, Any] = {
        "message_id": MESSAGE, "kind": "acknowledgement", "duty_id": None, "way": way, "smtp_message_id": None,
        "recipient": {"address": SEALED.model_dump()}, "template": TEMPLATE,
    }  # fmt: skip
    began = {"about": story.id, "language": "zh", "organisation": TEMPLATE}
    story.happens(MessageSendStarted.model_validate(common | began))
    answered = {"content_sha256": sha256, "smtp_reply": "queued as 7" if way == "email" else None}
    story.happens(MessageSent.model_validate(common | answered))
    await desk.append(story.records())
    return f"/v1/cases/{story.id}/messages/{MESSAGE}"


async def test_a_letter_is_read_in_the_words_that_left(desk: Console) -> None:
    """With what became of it; and it is on record who read it."""
    found = await desk.json(await sent(desk, "email", mail()), "luo.tian")

    assert ("您的投诉已登记", WORDS, True) == (found["subject"], found["text"], found["opened"])
    assert ("sent", "email", "customer", "queued as 7", "zh", TEMPLATE) == tuple(
        found[name] for name in ("state", "way", "to", "answer", "language", "template")
    )
    (access,) = await desk.accesses("opened")
    assert ("person:luo.tian", "message", (f"message.{MESSAGE}",)) == (access.who, access.call, access.fields)


async def test_a_text_message_is_its_words(desk: Console) -> None:
    """It has no subject."""
    found = await desk.json(await sent(desk, "sms", "【示例银行】您的投诉已登记。".encode()), "luo.tian")

    assert (None, "【示例银行】您的投诉已登记。") == (found["subject"], found["text"])


async def test_of_a_printed_letter_there_is_the_sheet(desk: Console) -> None:
    """And of nothing else."""
    where = await sent(desk, "print", b"%PDF-1.7 of this letter")
    words, sheet = await desk.json(where, "luo.tian"), await as_pdf(desk, where, "luo.tian")

    assert (None, None) == (words["subject"], words["text"])
    assert (200, "application/pdf", b"%PDF-1.7 of this letter") == (
        sheet.status_code, sheet.headers["content-type"], sheet.content,
    )  # fmt: skip


async def test_of_an_e_mail_there_is_no_sheet(desk: Console) -> None:
    """It says so."""
    answer = await as_pdf(desk, await sent(desk, "email", mail()), "luo.tian")

    assert (406, "not_printed") == (answer.status_code, answer.json()["code"])


async def test_who_may_not_open_reads_what_became_of_it_and_no_word(desk: Console) -> None:
    """Nothing is recorded, since nothing was opened; and no sheet leaves."""
    where = await sent(desk, "print", b"%PDF")
    closed, sheet = await desk.json(where, "tao.rui"), await as_pdf(desk, where, "tao.rui")
    insisted = await desk.get(where, "tao.rui", open="true")

    assert ("…", "…", False) == (closed["subject"], closed["text"], closed["opened"])
    assert [(403, "no_right")] * 2 == [(one.status_code, one.json()["code"]) for one in (sheet, insisted)]
    assert [] == await desk.accesses("opened")


async def test_whoever_does_not_see_the_case_finds_no_letter(desk: Console) -> None:
    """Nor is there one of another id."""
    where = await sent(desk, "email", mail())
    hidden, other = await desk.get(where, "cen.lu"), await desk.get(where[:-1] + "0", "luo.tian")

    assert [(404, "unknown_case"), (404, "unknown_message")] == [
        (one.status_code, one.json()["code"]) for one in (hidden, other)
    ]


async def test_a_letter_of_an_erased_case_says_nothing_any_more(desk: Console) -> None:
    """Its key is destroyed."""
    where = await sent(desk, "email", mail())
    desk.keys.destroyed.add(where.split("/")[3])
    found = await desk.json(where, "luo.tian")

    assert ("…", "…", False) == (found["subject"], found["text"], found["opened"])


@pytest.mark.parametrize("person", ["luo.tian", "tao.rui"])
async def test_reference_data_is_read_as_it_was_published(desk: Console, person: str) -> None:
    """By everybody of the bank: decisions name it by its version."""
    listed = await desk.json("/v1/reference", person)
    bank = next(one for one in listed if (one["kind"], one["in_force"]) == ("organisation", True))
    found = await desk.json(f"/v1/reference/organisation/{bank['id']}/{bank['version']}", person)
    unknown = await desk.get(f"/v1/reference/organisation/{bank['id']}/0000", person)

    assert "lin.fang" in found["content"]
    assert bank == {name: value for name, value in found.items() if name != "content"}
    assert (404, "unknown_document") == (unknown.status_code, unknown.json()["code"])


async def as_pdf(desk: Console, where: str, person: str) -> Any:
    """The answer to whoever wants the sheet."""
    headers = desk.header(Subject("person", person)) | {"Accept": "application/pdf"}
    return await desk.client.get(where, headers=headers)
