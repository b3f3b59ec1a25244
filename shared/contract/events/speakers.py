"""Facts that casework publishes of who speaks for a customer: whether that is proved, and who does from now on."""

from datetime import date
from typing import ClassVar, Literal

from shared.contract.events.base import EVERYBODY, CaseworkEvent, Instant, Sealed
from shared.contract.events.intake import Authority, Relation, SealedGroupPerson


class AuthorityChecked(CaseworkEvent, heard_by=EVERYBODY):
    """Somebody looked at what proves that the complainant may speak for the customer (order 2020 no. 3, art. 14).

    ``until``: the last day for which the authority was given. Version 2 says with ``ends_at`` when that day is over in
    the bank; from then on the authority is only claimed again.
    """

    version: ClassVar[int] = 2

    authority: Literal["proved", "not_proved"]
    until: date | None = None
    ends_at: Instant | None = None


class RepresentativeChanged(CaseworkEvent, heard_by=EVERYBODY):
    """Others speak from now on: for the customer, or for the people of a joint complaint.

    ``removed``: names as they stand. ``added``: who speaks for a joint complaint. ``proxy``: who speaks for the
    customer from now on, as what, and whether that is proved; these are None where nobody new does.
    """

    removed: tuple[Sealed, ...] = ()
    added: tuple[SealedGroupPerson, ...] = ()
    proxy: SealedGroupPerson | None = None
    relation: Relation | None = None
    authority: Authority | None = None
