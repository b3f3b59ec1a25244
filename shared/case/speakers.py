"""Speakers of a case: the customer himself, somebody on his behalf, or the representatives of a joint complaint. Pure.

Who speaks for a customer without having proved it is told nothing of his affairs (order 2020 no. 3, art. 14).
Names and addresses stay sealed: they are told apart by their boxes, which are the same for the same text and label.
"""

from collections.abc import Sequence
from sys import intern
from typing import Any, Final, NamedTuple

from shared.contract.events.stored.parts import (
    SealedComplainantData,
    SealedData,
    SealedGroupData,
    SealedGroupPersonData,
    SealedOnBehalfOfData,
)
from shared.contract.receipt_pointers import WAYS

CHECK_AUTHORITY: Final = "check_authority"
"""The kind of the duty that an authority opens which is only claimed."""
CLAIMED: Final = "claimed"
PROVED: Final = "proved"
NOT_PROVED: Final = "not_proved"
MOST: Final = 5
"""Representatives that a joint complaint may have (order 2020 no. 3, art. 12)."""
CORRECTED: Final = {f"/complainant/{field}": field for field in ("name", *WAYS)}
"""What of a complainant is kept of a proxy, by where it stands in the receipt."""
KEY_LENGTH: Final = 16
"""Of a box: its nonce, which is derived from what is sealed, so it tells two boxes apart."""


class Box(NamedTuple):
    """Holds a sealed text as it stands in the log."""

    label: str
    box: str

    @property
    def key(self) -> str:
        """What tells it apart from others of the case."""
        return self.box[:KEY_LENGTH]


class Speaker(NamedTuple):
    """Holds somebody who speaks on a case, sealed, and how to reach the person."""

    name: Box | None
    email: Box | None = None
    address: Box | None = None
    reachable_by: tuple[str, ...] = ()
    phone: Box | None = None

    @property
    def written_to(self) -> Box | None:
        """Where letters go: by e-mail, else by post."""
        return self.email or self.address

    @property
    def key(self) -> str | None:
        """What tells who speaks from others of the case by how the person is reached; None where nobody can write."""
        reached = self.written_to or self.phone
        return reached.key if reached is not None else None


class Speakers(NamedTuple):
    """Says who speaks on a case on which not just the customer does.

    ``himself``: whether the customer has spoken himself. ``authority``: of the proxy; None where there is none.
    ``relation``: as what he speaks, such as an heir. ``until``: the last day for which a proved authority was given;
    ``ends_at``: when that day is over in the bank.
    ``customer``: the name of whom he speaks for. ``proxy_came_first``: it is his receipt that the case began with, so
    that what is put right of its complainant is his.
    """

    himself: bool = False
    proxy: Speaker | None = None
    authority: str | None = None
    relation: str | None = None
    representatives: tuple[Speaker, ...] = ()
    until: str | None = None
    customer: Box | None = None
    proxy_came_first: bool = False
    ends_at: str | None = None

    @property
    def names(self) -> tuple[Box, ...]:
        """The names of who speaks besides the customer, as they stand."""
        there = (*self.representatives, *((self.proxy,) if self.proxy is not None else ()))
        return tuple(one.name for one in there if one.name is not None)

    @property
    def only_unproved(self) -> bool:
        """Whether nobody speaks but a proxy who has not proved the authority."""
        others = self.himself or bool(self.representatives)
        return self.proxy is not None and self.authority != PROVED and not others

    @property
    def nobody(self) -> bool:
        """Whether there is nobody to answer: the only one who speaks could not prove the authority."""
        return self.only_unproved and self.authority == NOT_PROVED


def box_of(sealed: SealedData | None) -> Box | None:
    """The box of a sealed text."""
    return Box(intern(sealed["label"]), sealed["box"]) if sealed is not None else None


def speakers_received(complainant: SealedComplainantData | None, group: SealedGroupData | None) -> Speakers | None:
    """Who speaks by a first receipt; None where it is just the customer, or nobody."""
    representatives = _representatives(group)
    behalf = complainant["on_behalf_of"] if complainant is not None else None
    if behalf is None and not representatives:
        return None
    before = Speakers(himself=complainant is not None and behalf is None, representatives=representatives)
    if complainant is None or behalf is None:
        return before
    return _with_proxy(before, complainant, behalf)._replace(proxy_came_first=True)


def speakers_added(
    before: Speakers | None, himself: bool, complainant: SealedComplainantData | None, group: SealedGroupData | None
) -> Speakers | None:
    """Who speaks after a further receipt. ``himself``: whether the customer had spoken, where ``before`` is None.

    A claim takes nobody's place who has proved his authority, and brings no other representatives.
    """
    behalf = complainant["on_behalf_of"] if complainant is not None else None
    representatives = _representatives(group)
    if before is None and behalf is None and not representatives:
        return None
    now = before or Speakers(himself=himself)
    if not now.representatives:
        now = now._replace(representatives=representatives)
    if complainant is None:
        return now
    if behalf is None:
        return now._replace(himself=True)
    return now if now.authority == PROVED else _with_proxy(now, complainant, behalf)


def authority_checked(
    before: Speakers | None, authority: str, until: str | None = None, ends_at: str | None = None
) -> Speakers | None:
    """Who speaks once somebody looked at the proofs. ``until``: the last day for which the authority was given."""
    return before._replace(authority=intern(authority), until=until, ends_at=ends_at) if before is not None else None


def authority_ended(before: Speakers | None) -> Speakers | None:
    """Who speaks once the last day is over for which the authority was given: it is only claimed again."""
    if before is None or before.authority != PROVED:
        return before
    return before._replace(authority=CLAIMED, until=None, ends_at=None)


class NewProxy(NamedTuple):
    """Holds who speaks for the customer from now on, as what, and whether that is proved."""

    person: SealedGroupPersonData
    relation: str
    authority: str


def representative_changed(
    before: Speakers, removed: Sequence[SealedData], added: Sequence[SealedGroupPersonData], proxy: NewProxy | None
) -> Speakers:
    """Who speaks once the accepting side recorded others."""
    now, gone = before, {one["box"] for one in removed}
    if now.proxy is not None and now.proxy.name is not None and now.proxy.name.box in gone:
        now = now._replace(proxy=None, authority=None, relation=None, until=None, ends_at=None, proxy_came_first=False)
    left = (one for one in now.representatives if one.name is None or one.name.box not in gone)
    now = now._replace(representatives=(*left, *people_of(added)))
    if proxy is None:
        return now
    (speaker,) = people_of([proxy.person])
    relation, authority = intern(proxy.relation), intern(proxy.authority)
    return now._replace(
        proxy=speaker, relation=relation, authority=authority, until=None, ends_at=None, proxy_came_first=False
    )


def proxy_corrected(before: Speakers, pointer: str, value: SealedData | None) -> Speakers:
    """Who speaks once a word of the first receipt was put right: one of who spoke in it for the customer is his."""
    known, field = before.proxy, CORRECTED.get(pointer)
    if known is None or field is None or not before.proxy_came_first:
        return before
    said = {"name": known.name, "email": known.email, "address": known.address, "phone": known.phone}
    said[field] = box_of(value)
    ways = (way for at, way in WAYS.items() if said[at] is not None)
    return before._replace(proxy=Speaker(said["name"], said["email"], said["address"], tuple(ways), said["phone"]))


def _with_proxy(before: Speakers, complainant: SealedComplainantData, behalf: SealedOnBehalfOfData) -> Speakers:
    """The speakers with a proxy as the receipt has him; where it says less of him than the one before, that stays."""
    email, address, phone = (box_of(complainant[way]) for way in ("email", "address", "phone"))
    known = before.proxy or Speaker(None)
    ways = [way for way, there in (("email", email), ("phone", phone), ("post", address)) if there]
    proxy = Speaker(
        box_of(complainant["name"]) or known.name,
        email or known.email,
        address or known.address,
        tuple(dict.fromkeys((*known.reachable_by, *ways))),
        phone or known.phone,
    )
    return before._replace(
        proxy=proxy,
        authority=intern(behalf["authority"]),
        relation=intern(behalf["relation"]),
        until=None,
        ends_at=None,
        customer=box_of(behalf["name"]) or before.customer,
    )


def _representatives(group: SealedGroupData | None) -> tuple[Speaker, ...]:
    return people_of(group["representatives"]) if group is not None else ()


def people_of(people: Sequence[SealedGroupPersonData]) -> tuple[Speaker, ...]:
    """The people of a joint complaint as speakers."""
    return tuple(
        Speaker(
            box_of(one["name"]),
            box_of(one["email"]),
            box_of(one["address"]),
            tuple(one["reachable_by"]),
            box_of(one["phone"]),
        )
        for one in people
    )


def represented_by(speakers: Speakers | None, key: str) -> Speaker | None:
    """The representative whose letters, or text messages, go to the address of a key."""
    found = speakers.representatives if speakers is not None else ()
    return next((one for one in found if any(box.key == key for box in (one.written_to, one.phone) if box)), None)


def named(speakers: Speakers | None, sealed: Any) -> Speaker | None:
    """The speaker whose name is sealed as it stands in the case; None for any other."""
    if speakers is None or not isinstance(sealed, dict):
        return None
    there = (*speakers.representatives, *((speakers.proxy,) if speakers.proxy is not None else ()))
    return next((one for one in there if one.name is not None and one.name._asdict() == sealed), None)
