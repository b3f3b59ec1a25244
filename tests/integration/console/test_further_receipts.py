"""The same complaint received again: counted, shown, and its telephone number is the one that counts for contact."""

from typing import Any

import pytest

from ops.verify import naive_console
from services.console.projection.dump import dump
from shared.contract.events.intake import ReceiptAdded
from shared.contract.events.notify import MessageSuppressed
from shared.sealing.vault import seal_with
from tests.support.casework import KEY
from tests.support.console_in_process import Console
from tests.support.console_stories import Story
from tests.support.facts import CASE, NOW

MESSAGE = "bb00828c-e5b6-5410-85d3-c87a41d5e536"


def sealed(label: str, text: str) -> dict[str, str]:
    """A text as a receipt holds it."""
    return seal_with(KEY, CASE, label, text).model_dump()


def again(**who: str) -> ReceiptAdded:
    """By letter, with these ways to reach the customer."""
    said = {name: sealed(f"complainant.{name}", text) for name, text in who.items()}
    matter = {"narrative": sealed("matter.narrative", "至今无人联系。")}
    return ReceiptAdded.model_validate(
        {
            "receipt_id": "again", "channel": "letter", "received_at": NOW, "fingerprint": "g", "anonymous": False,
            "received_by": {"unit": "dongqiao", "person": None}, "complainant": said, "matter": matter,
        }
    )  # fmt: skip


def called() -> Story:
    """A case whose customer gave a number and an address."""
    who = {
        "name": sealed("complainant.name", "张三"),
        "phone": sealed("complainant.phone", "0000-5559999"),
        "email": sealed("complainant.email", "zhang@mail.example"),
    }
    return Story(1, changes={"complainant": who})


async def test_a_further_receipt_is_counted_and_shown(console: Console) -> None:
    """With what it said, sealed or open as the first one is."""
    story = called().happens(again(phone="0000-5552222"))
    await console.append(story.records())
    found = await console.json(f"/v1/cases/{story.id}", "luo.tian")
    (further,) = found["further_receipts"]

    assert 2 == found["receipts"]
    assert ("letter", "至今无人联系。") == (further["channel"], further["matter"]["narrative"])
    assert ("0000-5559999", "0000-5552222") == (found["complainant"]["phone"], further["complainant"]["phone"])
    hidden = await console.json(f"/v1/cases/{story.id}", "luo.tian", open="false")
    assert "…" == hidden["further_receipts"][0]["matter"]["narrative"]


async def test_the_register_names_the_contact_that_counts(console: Console) -> None:
    """The new telephone number, and the address that nobody changed."""
    await console.append(called().happens(again(phone="0000-5552222")).records())
    (row,) = (await console.json("/v1/register", "luo.tian", **await console.opening("luo.tian")))["rows"]

    assert ("张三", "0000-5552222; zhang@mail.example") == (row["complainant_name"], row["contact"])
    assert 2 == row["receipts"]


@pytest.mark.parametrize(
    ("message_id", "until", "shown"),
    [(MESSAGE, NOW, (MESSAGE, "held")), (MESSAGE, None, (MESSAGE, "suppressed")), (None, None, (None, "suppressed"))],
)
async def test_a_message_is_shown_by_the_id_that_the_command_takes(
    console: Console, message_id: str | None, until: Any, shown: tuple[str | None, str]
) -> None:
    """In the case as in the timeline; one that nobody can ask for has none."""
    why = MessageSuppressed(
        kind="decision_notice", duty_id=None, why="quiet_hours", message_id=message_id, recipient=None, held_until=until
    )
    story = called().happens(why)
    await console.append(story.records())
    (message,) = (await console.json(f"/v1/cases/{story.id}"))["messages"]
    told = (await console.json(f"/v1/cases/{story.id}/timeline"))["entries"][-1]

    assert shown == (message["message_id"], message["state"])
    assert shown[0] == told["data"]["message_id"]


async def test_the_independent_fold_counts_the_same(console: Console) -> None:
    """What ``rebuild verify`` compares."""
    story = called().happens(again(phone="0000-5552222"))
    await console.append(story.records())
    expected = naive_console.console(record.value for record in story.records())

    assert expected == await dump(console.live.following.database)
    assert 2 == expected[story.id]["receipts"]
