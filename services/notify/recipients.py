"""The reader of a message is a place in the bank, or of who speaks for the customer; None for the customer. Pure."""

from sys import intern

from services.notify.message_facts import representative, representatives_place
from services.notify.state import NotifyState
from shared.case.duties import Place, once
from shared.case.speakers import KEY_LENGTH, represented_by
from shared.contract.envelope import Event
from shared.contract.events.stored.notify import MessageSuppressedData
from shared.contract.events.stored.parts import CustomerRecipientData, StaffRecipientData, UnitRecipientData
from shared.contract.ids import message_id

RecipientData = StaffRecipientData | UnitRecipientData | CustomerRecipientData


def reader_of(state: NotifyState, recipient: RecipientData) -> Place | None:
    """Whom a letter goes to; None for the customer, or who speaks in his place."""
    return _in_the_bank(recipient) or _representative_at(state, recipient)


def not_reader_of(state: NotifyState, event: Event) -> Place | None:
    """Whom a letter was suppressed for; None for the customer, or who speaks in his place."""
    data: MessageSuppressedData = event.data
    return _in_the_bank(data["recipient"]) or _representative_of(state, event)


def _in_the_bank(recipient: RecipientData | None) -> Place | None:
    """A person or a unit of the bank; None for the customer."""
    if recipient is None or "address" in recipient:
        return None
    if "person" in recipient:
        return once(Place(intern(recipient["unit"]), None, recipient["person"]))
    return once(Place(intern(recipient["unit"]), None, None))


def _representative_at(state: NotifyState, recipient: RecipientData) -> Place | None:
    """The representative whose address a letter goes to; None for the customer, or who speaks in his place."""
    if "address" not in recipient:
        return None
    key = recipient["address"]["box"][:KEY_LENGTH]
    found = represented_by(state.core.speakers, key)
    return once(representatives_place(key)) if found is not None else None


def _representative_of(state: NotifyState, event: Event) -> Place | None:
    """The representative whom a letter does not go to: the message's id was made with the key of the address."""
    data: MessageSuppressedData = event.data
    if data["recipient"] is not None or (speakers := state.core.speakers) is None:
        return None
    if (at := state.place_of_message(data["message_id"])) is not None:
        return state.shared_parts[at].to
    for one in speakers.representatives:
        if one.key is not None:
            made = message_id(event.causationid, data["kind"], representative(one.key))
            if made == data["message_id"]:
                return once(representatives_place(one.key))
    return None
