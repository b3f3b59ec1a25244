"""Letters go where the customer asked for last: after a further receipt, and where an address was put right."""

import pytest

from shared.contract.events.base import Sealed
from shared.contract.events.corrections import ReceiptCorrected
from tests.support.letter_case import (
    EMAIL,
    LetterCase,
    decision,
    received_again,
    sealed,
    told,
)
from tests.support.told_facts import (
    ACCEPTING,
    AGENT,
    CUSTOMER,
    HANDLER,
    SAID,
    called_for,
    corrected,
    with_agent,
)


def test_a_new_address_counts_from_then_on_and_a_worse_one_does_not() -> None:
    """The decision goes where the customer asked for it last; who gave an e-mail address is not written on paper."""
    fresh = sealed("complainant.email")
    by_mail = LetterCase()
    by_mail.happens(received_again(complainant={"email": fresh}))
    before = LetterCase()
    before.happens(received_again(complainant={"address": sealed("complainant.address")}))
    unreachable = LetterCase(complainant=None, anonymous=True, reachable_by=[])
    unreachable.happens(received_again(complainant={"email": fresh}, reachable_by=["email"]))

    assert fresh == by_mail.when(decision())[0].recipient.address
    assert EMAIL == before.when(decision())[0].recipient.address
    assert fresh == unreachable.when(decision())[0].recipient.address


@pytest.mark.parametrize("pointer", ["/complainant/name", "/complainant/address", "/matter/product"])
def test_a_correction_of_anything_but_the_address_acknowledges_nothing_anew(pointer: str) -> None:
    """What the customer was told went to the right place."""
    assert ("acknowledgement", CUSTOMER) not in told(called_for(with_agent(), corrected(pointer)))


def test_who_corrected_it_himself_is_not_told() -> None:
    """The others are."""
    letters = told(called_for(with_agent(), corrected("/complainant/phone"), ACCEPTING))

    assert {("correction_notice", HANDLER), ("correction_notice", AGENT)} == set(letters)


def test_letters_go_to_the_corrected_address_and_to_paper_where_it_is_taken_out() -> None:
    """Whatever was known before stays known."""
    email, address = (Sealed(label=f"complainant.{field}", box=field) for field in ("email", "address"))
    case = LetterCase(complainant={"email": email, "address": address})
    case.happens(
        ReceiptCorrected(pointer="/complainant/email", value=Sealed(label=email.label, box="new"), ground=SAID)
    )
    assert ("email", "new", "address") == (case.state.reach and case.state.reach.way, case.state.box, case.state.paper)
    case.happens(ReceiptCorrected(pointer="/complainant/email", value=None, ground=SAID))
    assert ("print", "address", "") == (case.state.reach and case.state.reach.way, case.state.box, case.state.paper)
    case.happens(ReceiptCorrected(pointer="/complainant/address", value=None, ground=SAID))
    assert (None, "") == (case.state.reach, case.state.box)
