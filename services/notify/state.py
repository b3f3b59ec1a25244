"""The state of notify keeps of a case what every service knows, how the customer is reached, and its messages. Pure."""

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

from services.notify.webhooks.hook import FACTS, WEBHOOKS, Hook
from shared.case.core import CaseCore
from shared.case.duties import Duty, Place
from shared.case.silences import NO_SILENCE, Silences
from shared.case.speakers import Box
from shared.contract.events.notify import Way

LATE_NOTICE = "undelivered_notice"
REMINDER_LETTER = "plan_reminder"
"""The letter that says on the day before what time the customer chose."""
NEVER = float("inf")
"""No day on which a held letter leaves by itself."""
SENDING = "sending"
"""The key under which the cases stand whose letters are on their way."""
FILED_BY = frozenset({"MessageSendStarted", "MessageSent", "MessageFailed", "MessageSuppressed"}) | FACTS
PAPER_LABEL = "complainant.address"
"""What the sealed postal address is called."""
BETWEEN = "|"
"""Stands between two sealed addresses; base64 knows no such sign."""
ID_BYTES = 16
NO_ID = bytes(ID_BYTES)


class Reach(NamedTuple):
    """Says how the customer can be written to, and the label of the sealed address."""

    way: Way
    label: str


class Message(NamedTuple):
    """Tells decisions which kind of message went, or did not go, to whom, and what became of it.

    ``to`` is None for the customer; ``started`` is the event that opened its sending. ``state``: started, sent,
    failed, or why it was suppressed.
    """

    message_id: str
    kind: str
    to: Place | None
    state: str
    started: str


class SharedPart(NamedTuple):
    """Holds the part of a message that is the same on many cases, so that they share one object."""

    kind: str
    to: Place | None
    state: str


class OpenLetter(NamedTuple):
    """Keeps which of the messages is a letter on its way, and since when, in seconds of the epoch.

    ``told``: the accepting post knows that it is late, or is not told of such a letter at all.
    """

    at: int
    since: float
    told: bool = False


class Held(NamedTuple):
    """Keeps which of the messages is held, which fact it answers, and until when, in seconds of the epoch.

    ``NEVER``: until somebody may be told what it says, which no day brings about.
    """

    at: int
    about: str
    until: float


class Limit(NamedTuple):
    """Keeps the bank's own limit as it stands: its last day, and the first instant that is too late."""

    due_on: str
    due_at: float


class ToldDate(NamedTuple):
    """Keeps which last day of the limit somebody was told last. ``person`` is None for the customer."""

    person: str | None
    due_on: str


SETTLED = ""
"""Stands where a receipt's fingerprint did, once its settlement was carried out or put to an approver."""


class Seldom(NamedTuple):
    """Keeps what is so on few cases, so that all others share one object.

    ``settling``: the fingerprint of a receipt that brought its own settlement, until that is answered: the first
    letters wait for it, and are due with an answer other than a refusal (``SETTLED``). ``silences``: how often nobody
    was heard from, and whether the case goes up for it. ``reminded``: the plan of whose time the customer was reminded,
    or deliberately not. ``mobile``: the sealed telephone number of a customer who gave no e-mail address, or prefers
    text messages. ``prefers``: the way to try first. ``unanswered``: a machine may have written the message that
    opened the case, so nothing acknowledges it by itself. ``infected_at``: the ordinal of the first verdict that a
    file of the case is infected.
    """

    settling: str | None = None
    silences: Silences = NO_SILENCE
    reminded: str | None = None
    mobile: Box | None = None
    prefers: str | None = None
    unanswered: bool = False
    infected_at: int = -1


NOTHING_SELDOM = Seldom()
OPEN_LETTER = Struct("<Id?")
"""An open letter in 13 bytes."""


class NotifyState(NamedTuple):
    """Holds a case as notify sees it.

    ``reach`` and ``boxes``: where the customer can be written to, sealed, and after that where by letter, if
    by e-mail too. ``told_owners``: who was told that the case is
    theirs and not yet that it no longer is. ``shared_parts`` and ``ids`` are the messages in order: cases that went
    alike share the one, and the two ids of a message take 32 bytes of the other. ``on_their_way`` packs ``OpenLetter``.
    ``seldom``: what is so on few cases. ``hook``: what the channel system that submitted the case is told.
    """

    core: CaseCore
    reach: Reach | None
    boxes: str
    language: str
    told_owners: tuple[Place, ...] = ()
    shared_parts: tuple[SharedPart, ...] = ()
    ids: bytes = b""
    on_their_way: bytes = b""
    held: tuple[Held, ...] = ()
    limit: Limit | None = None
    told_dates: tuple[ToldDate, ...] = ()
    seldom: Seldom = NOTHING_SELDOM
    hook: Hook | None = None

    @property
    def reply_clock(self) -> bool:
        """Whether the bank's own clock was started."""
        return self.limit is not None

    @property
    def settling(self) -> str | None:
        """The fingerprint of a receipt whose settlement is not answered yet."""
        return self.seldom.settling

    @property
    def silences(self) -> Silences:
        """How often nobody was heard from, and whether the case goes up for it."""
        return self.seldom.silences

    @property
    def box(self) -> str:
        """Where the customer is written to, sealed; empty where that is not known."""
        return self.boxes.partition(BETWEEN)[0]

    @property
    def paper(self) -> str:
        """Where the customer can be written to on paper as well, sealed; empty where that is not known."""
        return self.boxes.partition(BETWEEN)[2]

    @property
    def open_letters(self) -> tuple[OpenLetter, ...]:
        """The letters on their way, in the order of their starts."""
        return tuple(OpenLetter(*row) for row in OPEN_LETTER.iter_unpack(self.on_their_way))

    def with_open_letters(self, letters: Iterable[OpenLetter]) -> "NotifyState":
        """The case with these letters on their way."""
        return self._replace(on_their_way=b"".join(OPEN_LETTER.pack(*letter) for letter in letters))

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message and every deliberate no, in the order of the log."""
        return tuple(self.message_at(at) for at in range(len(self.shared_parts)))

    def message_at(self, at: int) -> Message:
        """The message at a place among the messages of the case."""
        part, start = self.shared_parts[at], 2 * ID_BYTES * at
        message, started = self.ids[start : start + ID_BYTES], self.ids[start + ID_BYTES : start + 2 * ID_BYTES]
        return Message(_text(message), part.kind, part.to, part.state, _text(started))

    def message(self, message_id: str) -> Message | None:
        """The message of an id."""
        return next((m for m in self.messages if m.message_id == message_id), None)

    def was_written_to(self, person: str) -> bool:
        """Whether a letter reached somebody of the bank, or is on its way to him."""
        told = (part for part in self.shared_parts if part.state in ("started", "sent"))
        return any(part.to is not None and part.to.person == person for part in told)

    def place_of_message(self, message_id: str | None) -> int | None:
        """The place of a message among the messages of the case; None where there is no such message."""
        wanted = packed_id(message_id)
        places = range(len(self.shared_parts)) if wanted != NO_ID else ()
        return next((at for at in places if self.ids.startswith(wanted, 2 * ID_BYTES * at)), None)

    def leaves(self, message: Message) -> bool:
        """Whether a message is on its way, or is held until it may leave."""
        place = self.place_of_message(message.message_id)
        return message.state == "started" or any(one.at == place for one in self.held)

    def waiting_letters(self) -> Iterator[tuple[Message, Held]]:
        """The letters that wait until somebody may be told what they say."""
        for one in self.held:
            if one.until == NEVER:
                yield self.message_at(one.at), one

    def told_date(self, person: str | None) -> str | None:
        """The last day of the limit as somebody, or the customer, was told it last."""
        return next((told.due_on for told in self.told_dates if told.person == person), None)

    def duty(self, duty_id: str) -> Duty | None:
        """The duty of an id, open or ended."""
        return next((duty for duty in self.core.duties() if duty.id == duty_id), None)


def _text(id_: bytes) -> str:
    return str(UUID(bytes=id_)) if id_ != NO_ID else ""


def packed_id(id_: str | None) -> bytes:
    """The id of a message or of an event, in 16 bytes."""
    return UUID(id_).bytes if id_ else NO_ID


def open_letters(state: NotifyState) -> Iterable[str]:
    """The events that opened the sending of a letter which has not ended."""
    return (m.started for m in state.messages if m.state == "started")


def open_notices(state: NotifyState) -> Iterable[str]:
    """The notices that a channel system is still owed."""
    return (notice.id for notice in state.hook.owed) if state.hook is not None else ()


def open_sendings(state: NotifyState) -> Iterable[str]:
    """What is being sent and has not ended: letters by the events that opened them, and notices."""
    yield from open_letters(state)
    yield from open_notices(state)


def keys(state: NotifyState) -> tuple[str, ...]:
    """Under what a case is found: whether a letter is on its way, or a channel system is owed a notice."""
    owed = (WEBHOOKS,) if state.hook is not None and state.hook.owed else ()
    return (SENDING, *owed) if state.on_their_way else owed


def dump(state: NotifyState) -> dict[str, Any]:
    """What a rebuild has to reproduce."""
    return {"messages": sorted([m.message_id, m.kind, _who(m.to), m.state] for m in state.messages)}


def _who(to: Place | None) -> str:
    """The person, the unit whose mailbox it is, or the customer: also one of several who speak, in no unit."""
    return "customer" if to is None or not to.unit else to.person or to.unit
