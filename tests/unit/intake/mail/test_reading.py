"""Every kind of message is read as far as a person could read it; none raises, none takes long, none is lost."""

import pytest

from services.intake.mail.drafting import Delivery, drafted
from services.intake.mail.reading.message import NARRATIVE_BYTES, read_message
from tests.unit.intake.mail import charset_kinds, desk_kinds, header_kinds, part_kinds
from tests.unit.intake.mail.kinds import Kind

KINDS = [*charset_kinds.kinds(), *header_kinds.kinds(), *part_kinds.kinds(), *desk_kinds.kinds()]


def test_four_hundred_kinds_are_tried() -> None:
    """Each of them once."""
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 400


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_a_person_could_read_is_read(kind: Kind) -> None:
    """And what nobody wrote to the bank is not."""
    found = read_message(kind.raw)

    assert [said for said in kind.says if said not in found.narrative] == []
    assert [said for said in kind.never if said in found.narrative] == []
    assert tuple(file.name for file in found.files.kept) == kind.files
    assert found.unreadable == kind.unreadable
    assert len(found.narrative.encode()) <= NARRATIVE_BYTES


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_can_be_submitted(kind: Kind) -> None:
    """Whatever was read fits the shape of a submission."""
    submission = drafted(read_message(kind.raw), Delivery("dongqiao")).submission

    assert submission.matter.narrative.strip()


@pytest.mark.parametrize(
    ("written", "address", "several"),
    [
        ("<mailto:jia@customer.example>", "jia@customer.example", False),
        ("'jia@customer.example'", "jia@customer.example", False),
        ("<'jia@customer.example'>", "jia@customer.example", False),
        ("<<jia@customer.example>>", "jia@customer.example", False),
        ("Jia, A. <jia@customer.example>", "jia@customer.example", False),
        ("jia@customer.example (work, at night)", "jia@customer.example", False),
        ('"yi@customer.example" <jia@customer.example>', "jia@customer.example", False),
        ("yi@customer.example <jia@customer.example>", "jia@customer.example", False),
        ("Jia <jia@customer.example> (by a list)", "jia@customer.example", False),
        ("Jia <jia@customer.example>, yi@customer.example", "jia@customer.example", True),
        ("Group: jia@customer.example, yi@customer.example;", "jia@customer.example", True),
        ("undisclosed-recipients:;", None, False),
        ("jia a@customer.example", None, False),
        ("jia@[192.0.2.1]", None, False),
    ],
)
def test_who_writes_is_found_however_a_program_writes_it(written: str, address: str | None, several: bool) -> None:
    """What stands beside the address is never one; whoever names two joins no case."""
    found = read_message(f"From: {written}\r\nSubject: S1\r\n\r\nfee".encode())

    assert (address, several) == (found.sender.address if found.sender else None, found.several_senders)
