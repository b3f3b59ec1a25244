"""These commands record who speaks for the customer: whether it is proved that he may, and who does from now on."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any, Literal

from services.casework.act import Act
from services.casework.bad_content import (
    InvalidCommand,
    NobodyWouldRemain,
    ProofMissing,
    TooManyRepresentatives,
    UnknownRepresentative,
)
from services.casework.bad_state import ConfirmedAlready, NothingOwed
from services.casework.bad_times import TimePast
from services.casework.commands.declaration import Body, Declaration
from services.casework.event_parts import ended
from services.casework.sides import ACCEPTING
from shared.case.duty_kinds import ANSWER, CUSTOMER, KINDS, REOPENED
from shared.case.speakers import (
    CHECK_AUTHORITY,
    CLAIMED,
    MOST,
    NOT_PROVED,
    PROVED,
    NewProxy,
    Speakers,
    authority_checked,
    named,
    representative_changed,
)
from shared.contract.bodies import Line, Listed, Shape
from shared.contract.channels import ANSWERED_IN_BOOK
from shared.contract.events.base import DutyEnded, DutyOpened
from shared.contract.events.intake import Relation, ways_to_reach
from shared.contract.events.speakers import AuthorityChecked, RepresentativeChanged
from shared.contract.names import MailAddress, Name
from shared.contract.tenses import KeptUntil
from shared.kernel.service import Fact


class CheckAuthority(Body):
    """Say whether it is proved that the complainant may speak for the customer.

    ``until``: the last day for which the authority was given; once it is over, the authority is only claimed again.
    """

    authority: Literal["proved", "not_proved"]
    until: KeptUntil | None = None


def check_authority(act: Act) -> Fact:
    """Somebody of the accepting side looked at the proofs (order 2020 no. 3, art. 14), or at those of a longer time.

    Raises:
        NothingOwed, ConfirmedAlready, ProofMissing, InvalidCommand, TimePast
    """
    before, authority = act.core.speakers, act.body.get("authority")
    if before is None or before.proxy is None or before.authority == NOT_PROVED == authority:
        raise NothingOwed(about=(CHECK_AUTHORITY,))
    until = act.day("until") if act.body.get("until") is not None else None
    if before.authority == PROVED and not _prolongs(act, before, until):
        raise ConfirmedAlready
    if authority == PROVED and act.proof is None:
        raise ProofMissing("/proof")
    if authority != PROVED and act.body.get("until") is not None:
        raise InvalidCommand("/until")
    if until is not None and until < act.bank_date():
        raise TimePast("/until")
    ends_at = act.organisation.day.at(until + timedelta(days=1), time(0)) if until is not None else None
    after = authority_checked(before, str(authority))
    done = [*act.discharges(CHECK_AUTHORITY), *_let_go(act, after)]
    return act.fact(
        AuthorityChecked, done, list(_owed_again(act, after)), authority=authority, until=until, ends_at=ends_at
    )


def _prolongs(act: Act, before: Speakers, until: date | None) -> bool:
    """Whether a proved authority is proved for longer, or somebody still owes a look at it."""
    if act.body.get("authority") != PROVED:
        return False
    longer = before.until is not None and (until is None or until > date.fromisoformat(before.until))
    return longer or bool(act.core.open_duties(CHECK_AUTHORITY))


def _let_go(act: Act, after: Speakers | None) -> Iterator[DutyEnded]:
    """What was owed to a customer of whom nobody is left who may be told anything."""
    if after is None or not after.nobody:
        return
    for duty in act.core.open_duties():
        kept = duty.terms.kind == ANSWER and act.core.channel in ANSWERED_IN_BOOK
        if duty.terms.creditor == CUSTOMER and not kept:
            yield ended(duty, "waived", "authority_not_proved")


def _owed_again(act: Act, after: Speakers | None) -> Iterator[DutyOpened]:
    """What was let go when nobody could be told anything is owed again once somebody can."""
    before = act.core.speakers
    if before is None or not before.nobody or after is None or after.nobody or act.core.ended:
        return
    checked_at = next((at for name, at in act.core.counting_acts if name == AuthorityChecked.__name__), None)
    gone = [duty for duty in act.core.duties() if duty.state == "waived" and duty.ended_by_ordinal == checked_at]
    debtor = act.post_of(act.core.handler or act.accepting)
    for kind in dict.fromkeys(duty.terms.kind for duty in gone if duty.terms.creditor == CUSTOMER):
        if kind in REOPENED and not act.core.open_duties(kind):
            yield act.opens(kind, debtor, KINDS[kind].creditor)


class NewSpeaker(Shape):
    """Somebody who speaks from now on, and how to reach the person.

    ``relation``: as what, where it is for the customer and not for the people of a joint complaint.
    """

    name: Name
    phone: Line | None = None
    email: MailAddress | None = None
    address: Line | None = None
    relation: Relation | None = None


class ChangeRepresentative(Body):
    """Let others speak from now on, for the customer or for the people of a joint complaint.

    ``remove``: names as they stand. ``proof``: what shows it; of somebody who speaks for the customer also that he may.
    """

    remove: Listed[Name] = ()
    add: Listed[NewSpeaker] = ()


def change_representative(act: Act) -> Fact:
    """Others speak from now on; who speaks for the customer has to prove it, unless that is proved with the change.

    Raises:
        InvalidCommand, UnknownRepresentative, TooManyRepresentatives, NobodyWouldRemain
    """
    before, add = act.core.speakers or Speakers(himself=not act.core.anonymous), list(act.body.get("add") or ())
    removed: list[Any] = list(act.body.get("remove") or ())
    if not add and not removed:
        raise InvalidCommand("/remove", "/add")
    _check_names(before, removed)
    proxies = [one for one in add if _for_customer(before, one)]
    data = _changed(act, removed, [one for one in add if one not in proxies], proxies)
    proxy = NewProxy(data["proxy"], data["relation"], data["authority"]) if proxies else None
    after = representative_changed(before, removed, data["added"], proxy)
    _check_number(before, after, len(proxies), data["removed"])
    done, opened = _checks(act, before, after, new=bool(proxies))
    return act.fact(RepresentativeChanged, done, [*opened, *_owed_again(act, after)], **data)


def _for_customer(before: Speakers, one: dict[str, Any]) -> bool:
    """Whether somebody speaks for the customer: so it is said, or there are no representatives to join."""
    return one.get("relation") is not None or (before.proxy is not None and not before.representatives)


def _check_names(before: Speakers, removed: list[Any]) -> None:
    unknown = [f"/remove/{at}" for at, name in enumerate(removed) if named(before, name) is None]
    if unknown:
        raise UnknownRepresentative(*unknown)


def _changed(act: Act, removed: list[Any], added: list[Any], proxies: list[Any]) -> dict[str, Any]:
    """The event's own data."""
    proxy, before = (proxies[0] if proxies else None), act.core.speakers
    former = before.relation if before is not None else None
    return {
        "removed": removed,
        "added": [_person(one) for one in added],
        "proxy": _person(proxy) if proxy is not None else None,
        "relation": (proxy.get("relation") or former) if proxy is not None else None,
        "authority": (PROVED if act.proof is not None else CLAIMED) if proxy is not None else None,
    }


def _person(one: dict[str, Any]) -> dict[str, Any]:
    told = {name: one.get(name) for name in ("name", "phone", "email", "address")}
    return told | {"reachable_by": ways_to_reach(told["email"], told["phone"], told["address"])}


def _check_number(before: Speakers, after: Speakers, proxies: int, removed: list[Any]) -> None:
    """Refuse more than five representatives, a second one who speaks for the customer, and that nobody is left."""
    there = before.proxy is not None and before.proxy.name is not None and before.proxy.name._asdict() not in removed
    if proxies > 1 or (proxies and there) or len(after.representatives) > MOST:
        raise TooManyRepresentatives("/add")
    if after.proxy is None and not after.representatives and not after.himself:
        raise NobodyWouldRemain("/remove")


def _checks(act: Act, before: Speakers, after: Speakers, new: bool) -> tuple[list[DutyEnded], list[DutyOpened]]:
    """What becomes of looking at the authority: it is done, it is of no interest any more, or it is owed anew."""
    waiting = act.core.open_duties(CHECK_AUTHORITY)
    if after.proxy == before.proxy and not new:
        return [], []
    state, reason = ("discharged", None) if after.authority == PROVED else ("waived", "replaced")
    opened = [act.opens(CHECK_AUTHORITY, act.post_of(act.accepting), None)] if after.authority == CLAIMED else []
    return [ended(duty, state, reason) for duty in waiting], opened


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "check-authority", CheckAuthority, AuthorityChecked, check_authority,
        who=(ACCEPTING,),
        while_owed=CHECK_AUTHORITY,
        refused=(NothingOwed, ConfirmedAlready, ProofMissing, TimePast, InvalidCommand),
        effect="`proved`: what was held for want of proof leaves; after the day `until` it is only claimed again, "
        "unless proved for longer meanwhile; `not_proved`: where nobody else speaks, what is owed to the customer is "
        "waived",
    ),
    Declaration(
        "change-representative", ChangeRepresentative, RepresentativeChanged, change_representative,
        who=(ACCEPTING,),
        names_speakers="remove",
        refused=(UnknownRepresentative, TooManyRepresentatives, NobodyWouldRemain, InvalidCommand),
        effect="letters go to those who speak now; opens `check_authority` for who speaks for the customer, unless "
        "`proof` proves it",
    ),
)  # fmt: skip
