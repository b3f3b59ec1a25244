"""The channels by which complaints come in, one row each: words, and what is special of their receipt. Pure.

What only a channel knows of a complaint stands in ``channel_details.py``. Who accepts and what is owed on it stands in
the routing rules; their columns bear the codes of these rows.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. ``code`` stands in events, rules and the organisation file; ``zh`` and ``en`` are its words.

    ``told_in_person``: whoever takes the complaint tells the customer its number, which acknowledges it.
    ``forms``: how a body passes complaints on here (``details.form``), where the routing rules tell these apart.
    ``outside``: what comes in here comes from outside the bank, whatever its origin says.
    ``transferred``: a unit of the bank passed the complaint on (``details.unit``).
    ``closed_by``: the post whose holder closes its cases; None: that of the accepting post.
    ``watched``: the bank looks for complaints there itself; what is found is a candidate until a person confirms it.
    ``answered_in_book``: the answer stands in the book, so it is owed also to a customer whom nobody knows.
    """

    code: str
    zh: str
    en: str
    told_in_person: bool = False
    forms: tuple[str, ...] = ()
    outside: bool = False
    transferred: bool = False
    answered_in_book: bool = False
    watched: bool = False
    closed_by: str | None = None

    @property
    def address(self) -> str:
        """Its part of an address over HTTP."""
        return self.code.replace("_", "-")


_ROWS = (
    Channel("phone", "电话", "telephone", told_in_person=True),
    Channel("mail", "电子邮件", "e-mail"),
    Channel("walk_in", "来访", "visit", told_in_person=True),
    Channel("letter", "信件", "letter"),
    Channel("media", "媒体", "media", outside=True, closed_by="consumer_protection", watched=True),
    Channel("upper_branch", "上级行转来", "superior branch", transferred=True),
    Channel("regulator", "政府部门转来", "authority", outside=True, forms=("call", "visit", "letter", "electronic")),
    Channel("opinion_box", "意见簿（箱）", "opinion box", answered_in_book=True),
    Channel("online", "线上渠道", "online channel", watched=True),
)
CHANNELS = {channel.code: channel for channel in _ROWS}
"""Every channel by its code, in the order of the contract."""
WITH_FORMS = frozenset(channel.code for channel in _ROWS if channel.forms)
OUTSIDE = frozenset(channel.code for channel in _ROWS if channel.outside)
TRANSFERRED = frozenset(channel.code for channel in _ROWS if channel.transferred)
ANSWERED_IN_BOOK = frozenset(channel.code for channel in _ROWS if channel.answered_in_book)
WATCHED = frozenset(channel.code for channel in _ROWS if channel.watched)
CLOSED_BY = {channel.code: channel.closed_by for channel in _ROWS if channel.closed_by is not None}
"""What folds and decisions ask, by code: a code that only a later version knows has nothing special."""


def _known(code: str) -> str:
    if code not in CHANNELS:
        raise ValueError(f"must be a channel: {', '.join(CHANNELS)}")
    return code


ChannelCode = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(CHANNELS)})]
"""The code of a channel, as events hold it."""
