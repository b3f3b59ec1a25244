"""Customers are written to, or whoever speaks for them: this says where, and who is told nothing. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from services.notify.letters.addressees import Addressee
from services.notify.letters.kind import LetterKind
from services.notify.letters.outcome_letters import NOT_ACCEPTED_NOTICE
from services.notify.letters.reasons import Why
from services.notify.message_facts import representative, representatives_place
from services.notify.quiet_hours import is_quiet
from services.notify.state import PAPER_LABEL, Message, NotifyState
from shared.case.duties import Place
from shared.case.speakers import NOT_PROVED, PROVED, Box, Speaker, represented_by
from shared.contract.envelope import Event
from shared.contract.events.base import Sealed
from shared.contract.events.notify import Way

OF_AUTHORITY: Final[dict[str, Why]] = {"claimed": "authority_open", NOT_PROVED: "authority_not_proved"}
"""Why somebody is told nothing, by what is known of his authority."""

ARRIVES: Final[tuple[Way, ...]] = ("email", "sms")
"""The ways by which a letter arrives as it is sent; one that is printed somebody has to post."""
NOT_THE_COMPLAINANT: Final = "not_the_complainant"
"""The ground of which whoever complained is told, whatever is proved."""


class Line(NamedTuple):
    """One way to whoever is written to as the customer. ``why``: what keeps him from being told; None for nothing."""

    key: str | None
    way: Way | None
    address: Box | None
    why: Why | None = None

    @property
    def sealed(self) -> Sealed:
        """The address. Raises AssertionError: there is none."""
        if self.address is None:
            raise AssertionError("who cannot be reached has been passed over")
        return Sealed(label=self.address.label, box=self.address.box)


NOBODY = Line(None, None, None)


def lines(state: NotifyState, kind: LetterKind, *, texts: bool) -> Iterator[Line]:
    """Everybody who gets a letter to the customer, by the way he asked for; of a joint one each who speaks.

    Args:
        state: the case.
        kind: of the letter.
        texts: whether the bank sends text messages.
    """
    if Addressee.PROXY in kind.to:
        if state.core.speakers is not None and state.core.speakers.proxy is not None:
            yield preferred(state, proxys_line(state), kind, texts=texts)
        return
    main, speakers = preferred(state, main_line(state), kind, texts=texts), state.core.speakers
    joint = speakers.representatives if speakers is not None else ()
    all_ = (preferred(state, _to(one, one.key), kind, texts=texts) for one in joint if one.key is not None)
    represented = [line for line in all_ if line.way is not None]
    if not joint or (main.way is not None) or not represented:
        yield main
    own = (main.address, own_address(state))
    yield from (line for line in represented if line.address not in own)


def preferred(state: NotifyState, line: Line, kind: LetterKind, *, texts: bool) -> Line:
    """The line by the way that its reader prefers, where such a letter can go by it.

    Without e-mail a letter goes as a text message, where it can be one, whatever he prefers. Only who the receipt is of
    says what he prefers; the people of a joint complaint say by which ways they can be reached.
    """
    seldom, speakers, speaker = state.seldom, state.core.speakers, _speaker_on(state, line)
    asked = line.key is None and (speaker is not None) == (speakers is not None and speakers.proxy_came_first)
    wish = seldom.prefers if asked else None
    own_paper = Box(PAPER_LABEL, state.paper) if state.paper else None
    paper, mobile = (own_paper, seldom.mobile) if speaker is None else (speaker.address, speaker.phone)
    if wish == "letter" and kind.on_paper and paper is not None:
        return line._replace(way="print", address=paper)
    first = line.way != "email" or wish == "sms"
    texted = texts and kind.by_sms and mobile is not None
    return line._replace(way="sms", address=mobile) if texted and first else line


def _speaker_on(state: NotifyState, line: Line) -> Speaker | None:
    """Who speaks for others on a line; None where it is the customer himself."""
    speakers = state.core.speakers
    if line.key is not None:
        return represented_by(speakers, line.key)
    proxy = speakers.proxy if speakers is not None else None
    if proxy is None or speakers is None:
        return None
    if line.address is None:
        return proxy if speakers.authority == PROVED else None
    return proxy if line.address in (proxy.email, proxy.address) else None


def main_line(state: NotifyState) -> Line:
    """The way to the customer, or to who speaks in his place; who has not proved that he may is told nothing."""
    own = Line(None, state.reach.way, Box(state.reach.label, state.box)) if state.reach is not None else NOBODY
    speakers = state.core.speakers
    if speakers is None or speakers.proxy is None:
        return own
    proxys = _to(speakers.proxy, None)
    if speakers.authority == PROVED:
        return proxys if proxys.way is not None else own
    if speakers.himself or proxys.way is None:
        return own
    return proxys._replace(why=OF_AUTHORITY[speakers.authority or NOT_PROVED])


def proxys_line(state: NotifyState) -> Line:
    """The way to who speaks for the customer, whatever is proved."""
    speakers = state.core.speakers
    return _to(speakers.proxy, None) if speakers is not None and speakers.proxy is not None else NOBODY


def _to(speaker: Speaker, key: str | None) -> Line:
    way: Way | None = "email" if speaker.email else "print" if speaker.address else None
    return Line(key, way, speaker.written_to)


def line_of(state: NotifyState, kind: LetterKind, to: Place | None) -> Line | None:
    """The line of a message to the customer, as it is now; None where who it was for speaks no longer."""
    if to is not None:
        found = represented_by(state.core.speakers, to.person or "")
        return _to(found, to.person) if found is not None else None
    return proxys_line(state) if Addressee.PROXY in kind.to else main_line(state)


def place_of_line(line: Line) -> Place | None:
    """The place of a message on a line: that of a representative, or None for the customer."""
    return representatives_place(line.key) if line.key is not None else None


def reader_on(line: Line) -> str | None:
    """What ids of messages name a reader by, besides the customer himself."""
    return representative(line.key) if line.key is not None else None


def everybody_has(state: NotifyState, kind: LetterKind, sent: Message) -> bool:
    """Whether everybody has it with this letter, not just on paper, who can be reached: it is one duty."""
    speakers = state.core.speakers
    if speakers is None or not speakers.representatives:
        return True
    had = {m.to: m.state == "sent" or m.message_id == sent.message_id for m in state.messages if m.kind == kind.name}
    main = preferred(state, main_line(state), kind, texts=True)
    joint = (one for one in speakers.representatives if one.reachable_by)
    wanted = [preferred(state, _to(one, one.key or ""), kind, texts=True) for one in joint]
    if main.way is not None:
        wanted = [one for one in wanted if one.address is None or one.address not in (main.address, own_address(state))]
        wanted.append(main)
    return all(one.way in ARRIVES and any(had.get(place, False) for place in places_of(one)) for one in wanted)


def own_address(state: NotifyState) -> Box | None:
    """Where letters go to the customer, or to who speaks in his place."""
    return main_line(state).address


def places_of(line: Line) -> tuple[Place | None, ...]:
    """The places under which a letter on a line may stand: a customer may be a representative too."""
    own = place_of_line(line)
    return (own,) if line.address is None else (own, representatives_place(line.address.key))


def not_on(line: Line, kind: LetterKind, state: NotifyState, cause: Event, local: datetime) -> Why | None:
    """Why a letter about a fact does not go out on a line, at an instant by the bank's clock; None where it may."""
    core, way = state.core, line.way
    if core.did("CaseWithdrawn"):
        return "withdrawn"
    if kind.on_paper and way is None:
        return "not_reachable_in_writing"
    if not kind.on_paper and way not in ARRIVES:
        return "anonymous" if core.anonymous else "not_reachable_by_email"
    if line.why is not None and not _tells_sender(kind, cause):
        return line.why
    return "quiet_hours" if not kind.at_night and is_quiet(local) else None


def _tells_sender(kind: LetterKind, cause: Event) -> bool:
    """Whether a letter tells who complained that he is not the complainant: there is nobody else to tell.

    One that was held for the night alone was to be told so, too.
    """
    said, held_for = cause.data.get("ground"), cause.data.get("held_for")
    return kind.name == NOT_ACCEPTED_NOTICE.name and (said == NOT_THE_COMPLAINANT or held_for == "quiet_hours")
