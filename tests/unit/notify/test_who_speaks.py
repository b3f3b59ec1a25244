"""A handler's letter names who speaks for whom, as what, how to call them, and whether they may."""

from datetime import date
from typing import Any

import pytest

from shared.contract.events.ownership import HandlerReassigned
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from tests.support.letter_case import FAN, LetterCase, content_about, decision, received_again, sealed
from tests.support.speakers import by_himself, by_proxy, joint, person


def notice_of(case: LetterCase) -> Any:
    """What the written notice of a receipt is filled with."""
    (notice,) = [one for one in case.first if one.kind == "written_notice"]
    return content_about(case, notice)


def next_notice(case: LetterCase) -> Any:
    """What the next handler is told."""
    letters = case.when(HandlerReassigned(handler=FAN, ground=sealed("ground")))
    (notice,) = [one for one in letters if one.kind == "written_notice"]
    return content_about(case, notice)


@pytest.mark.parametrize(("authority", "says"), [("claimed", "权限尚待证明"), ("proved", "权限已获证明")])
def test_a_notice_names_who_speaks_for_whom_and_whether_that_is_proved(authority: str, says: str) -> None:
    """The handler would take the proxy for the customer otherwise."""
    receipt = by_proxy(relation="heir", authority=authority)
    receipt["complainant"] |= {"phone": sealed("0000-5550101")}
    content = notice_of(LetterCase(first_letters=False, **receipt))

    named = ("represented", "speaks_as", "proxy_name", "proxy_phone")
    assert ["customer", "继承人", "proxy", "0000-5550101"] == [content[name] for name in named]
    assert content["authority"].startswith(says)
    assert content["complainant_phone"] is None  # it is the heir's


def test_a_later_notice_says_what_is_known_then() -> None:
    """Checked, for how long; or somebody else speaks by now."""
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(AuthorityChecked(authority="proved", until=date(2020, 12, 31))))

    assert "权限已获证明，有效期至2020年12月31日" == next_notice(case)["authority"]
    changed = {
        "removed": [sealed("proxy")], "proxy": person("lawyer", phone="LP"), "relation": "lawyer",
        "authority": "claimed",
    }  # fmt: skip
    case = LetterCase(**by_proxy())
    case.all_sent(case.when(RepresentativeChanged.model_validate(changed)))
    content = next_notice(case)
    assert ["customer", "lawyer", "代理律师"] == [content[name] for name in ("represented", "proxy_name", "speaks_as")]


def test_a_notice_of_a_joint_complaint_names_who_speaks_for_it() -> None:
    """Each with a telephone, where there is one."""
    content = notice_of(LetterCase(first_letters=False, **joint(person("zhao", email="AM"), person("qian", phone="B"))))

    assert ("zhao", "qian（电话" + "B" * 20 + "）") == content["representatives"]
    assert content["speaks_as"] is None


def test_a_notice_of_a_customer_names_nobody_besides() -> None:
    """Nor one of a customer who was joined by nobody but himself."""
    case = LetterCase()
    case.all_sent(case.when(received_again(**by_himself())))
    content = next_notice(case)

    assert () == content["representatives"]
    assert [None, None] == [content[name] for name in ("speaks_as", "represented")]


@pytest.mark.parametrize(("authority", "rung"), [("claimed", True), ("proved", True), ("not_proved", False)])
def test_who_is_rung_first_is_who_speaks_and_may_be_told(authority: str, rung: bool) -> None:
    """The handler gets the proxy's name and number, not a request to ring a customer whose number nobody has."""
    receipt = by_proxy(authority="claimed" if authority == "not_proved" else authority)
    receipt["complainant"] |= {"phone": sealed("0000-5550101"), "prefers": "phone"}
    case = LetterCase(**receipt)
    if authority == "not_proved":
        case.all_sent(case.when(AuthorityChecked.model_validate({"authority": authority})))
    notes = [one for one in case.when(decision()) if one.kind == "call_first_notice" and not hasattr(one, "reason")]

    assert rung == bool(notes)
    for note in notes:
        content = content_about(case, note)
        assert ("customer", "代理人", "proxy", "0000-5550101") == tuple(
            content[name] for name in ("represented", "speaks_as", "proxy_name", "proxy_phone")
        )
        assert content["complainant_phone"] is None  # it is the proxy's
