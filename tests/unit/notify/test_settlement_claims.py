"""Who is claimed to have settled a matter hears of it, and who has the case hears when he denies it."""

import pytest

from shared.contract.events.casework import SettlementDenied
from shared.contract.events.settlement import SealedSettlement
from tests.support.casework import sealed_settlement
from tests.support.letter_case import ORGANISATION, LetterCase, noes, sealed, told

WITHOUT_MAIL = ORGANISATION.replace(", email: wu.qing@bank.example", "", 1)


def claimed(
    organisation: str = ORGANISATION, submitter: str = "channel:hotline", person: str = "wu.qing"
) -> LetterCase:
    """A case whose receipt says that somebody settled it."""
    settlement: SealedSettlement = sealed_settlement()
    by = {"unit": "dongqiao", "person": "wu.qing"}
    return LetterCase(organisation, submitter=submitter, settlement=settlement, received_by=by)


@pytest.mark.parametrize("submitter", ["channel:hotline", "person:lin.fang"])
def test_who_is_claimed_to_have_settled_it_is_told(submitter: str) -> None:
    """Beside the first letters, once."""
    letters = told(claimed(submitter=submitter).first)

    assert [("settlement_claim", "wu.qing")] == [one for one in letters if one[0] == "settlement_claim"]
    assert {"acknowledgement", "written_notice", "settlement_claim"} == {kind for kind, _ in letters}


def test_nobody_is_told_of_his_own_settlement() -> None:
    """Nor of none."""
    for case in (LetterCase(), claimed(submitter="person:wu.qing")):
        assert "settlement_claim" not in {kind for kind, _ in told(case.first)}


def test_who_has_no_mailbox_is_on_record_as_not_told() -> None:
    """The duty stands on his desk all the same."""
    assert ("settlement_claim", "no_email") in noes(claimed(WITHOUT_MAIL).first)


def test_a_denial_is_told_to_handler_and_accepting_person() -> None:
    """The work is the handler's after all."""
    case = claimed()
    ended = case.ending("confirm_settlement")
    letters = case.when(SettlementDenied(ground=sealed("ground"), duties_ended=ended))

    assert [("settlement_claim_denied", "luo.tian"), ("settlement_claim_denied", "lin.fang")] == told(letters)
