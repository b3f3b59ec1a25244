"""The channels by which complaints come in, one row each: their words, and what is special of their receipt. Pure.

Who accepts and what is owed on a channel stands in the routing rules, its columns bear the codes of these rows.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. ``code`` stands in events, rules and the organisation file; ``zh`` and ``en`` are its words.

    ``told_in_person``: whoever takes the complaint tells the customer its number, which acknowledges it.
    ``forms``: how a body passes complaints on here, where the routing rules tell these apart.
    ``outside``: what comes in here comes from outside the bank, whatever its origin says.
    ``transferred``: the details name in ``unit`` the unit of the bank that passed the complaint on.
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

    @property
    def address(self) -> str:
        """Its part of an address over HTTP."""
        return self.code.replace("_", "-")


_ROWS = (
    Channel("phone", "电话", "telephone", told_in_person=True),
    Channel("mail", "电子邮件", "e-mail"),
    Channel("walk_in", "来访", "visit", told_in_person=True),
    Channel("letter", "信件", "letter"),
    Channel("media", "媒体", "media", outside=True),
    Channel("upper_branch", "上级行转来", "superior branch", transferred=True),
    Channel("regulator", "政府部门转来", "authority", outside=True, forms=("call", "visit", "letter", "electronic")),
    Channel("opinion_box", "意见簿（箱）", "opinion box", answered_in_book=True),
    Channel("online", "线上渠道", "online channel"),
)
CHANNELS = {channel.code: channel for channel in _ROWS}
"""Every channel by its code, in the order of the contract."""
