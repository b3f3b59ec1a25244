"""The ways to write to a customer are taken from receipts and from what was corrected in them. Pure."""

from sys import intern
from typing import Literal

from services.notify.state import BETWEEN, PAPER_LABEL, NotifyState, Reach
from shared.case.duties import once
from shared.case.speakers import Box
from shared.contract.envelope import Event
from shared.contract.events.notify import Way
from shared.contract.events.stored.corrections import ReceiptCorrectedData
from shared.contract.events.stored.intake import ReceiptAddedData
from shared.contract.events.stored.parts import SealedComplainantData, SealedData
from shared.contract.receipt_pointers import ADDRESS, EMAIL, LANGUAGE, PHONE, PREFERS

WAYS: tuple[tuple[Way, Literal["email", "address"]], ...] = (("email", "email"), ("print", "address"))
"""The ways to write to a customer, the first that there is an address for, with the receipt's field."""
CORRECTED_WAYS: dict[str, Way] = {EMAIL: "email", ADDRESS: "print"}


def reached_as(state: NotifyState, complainant: SealedComplainantData | None) -> NotifyState:
    """The case with the ways to write to a customer that a receipt by himself names."""
    if complainant is None or complainant["on_behalf_of"]:
        return state  # the way to somebody else, which the case as everybody knows it keeps
    for way, field in reversed(WAYS):
        if sealed := complainant[field]:
            state = _reached(state, way, sealed)
    return state


def _reached(state: NotifyState, way: Way, sealed: SealedData | None) -> NotifyState:
    """The case with where the customer can be written to by one of the ways, or with no such place any more."""
    by_mail, box = state.reach is not None and state.reach.way == "email", sealed["box"] if sealed else ""
    if way == "print":
        if by_mail:
            return state._replace(boxes=_boxes(state.box, box))
        return state._replace(reach=once(Reach(way, intern(sealed["label"]))) if sealed else None, boxes=box)
    paper = state.paper if by_mail else state.box
    if sealed is not None:
        return state._replace(reach=once(Reach(way, intern(sealed["label"]))), boxes=_boxes(box, paper))
    left = once(Reach("print", PAPER_LABEL)) if paper else None
    return state._replace(reach=left, boxes=paper) if by_mail else state


def _boxes(box: str, paper: str) -> str:
    return f"{box}{BETWEEN}{paper}" if paper else box


def mobile_of(complainant: SealedComplainantData | None) -> Box | None:
    """Where text messages go: to a customer himself, who gave no e-mail address, or wants a text message first."""
    if complainant is None or complainant["on_behalf_of"]:
        return None
    if complainant["email"] and complainant["prefers"] != "sms":
        return None
    phone = complainant["phone"]
    return Box(intern(phone["label"]), phone["box"]) if phone else None


def wish_of(complainant: SealedComplainantData | None) -> str | None:
    """The way to try first; a call only where there is a number to ring."""
    wish = complainant["prefers"] if complainant else None
    return None if wish == "phone" and complainant and not complainant["phone"] else wish


def receipt_added(state: NotifyState, event: Event) -> NotifyState:
    """A further receipt's ways to write to the customer count from then on."""
    data: ReceiptAddedData = event.data
    complainant = data["complainant"]
    if (mobile := mobile_of(complainant)) is not None:
        state = state._replace(seldom=state.seldom._replace(mobile=mobile))
    if (prefers := wish_of(complainant)) is not None:
        state = state._replace(seldom=state.seldom._replace(prefers=prefers))
    return reached_as(state, complainant)


def receipt_corrected(state: NotifyState, event: Event) -> NotifyState:
    """The customer is written to where it is right, in the right language."""
    data: ReceiptCorrectedData = event.data
    pointer, value = data["pointer"], data["value"]
    if pointer == LANGUAGE and isinstance(value, str):
        return state._replace(language=intern(value))
    if pointer == PREFERS and (value is None or isinstance(value, str)):
        return state._replace(seldom=state.seldom._replace(prefers=value))
    speakers = state.core.speakers
    if speakers is not None and speakers.proxy_came_first:
        return state  # the way to who spoke for the customer, which the case as everybody knows it keeps
    if pointer == PHONE and not isinstance(value, str | int):
        return _rung_at(state, value)
    way = CORRECTED_WAYS.get(pointer)
    return state if way is None or isinstance(value, str | int) else _reached(state, way, value)


def _rung_at(state: NotifyState, phone: SealedData | None) -> NotifyState:
    """Text messages go to the right number, where they go to one; without a number nobody is rung first."""
    seldom = state.seldom
    texted = seldom.prefers == "sms" or state.reach is None or state.reach.way != "email"
    mobile = Box(intern(phone["label"]), phone["box"]) if phone is not None and texted else None
    prefers = None if phone is None and seldom.prefers == "phone" else seldom.prefers
    return state._replace(seldom=seldom._replace(mobile=mobile, prefers=prefers))
