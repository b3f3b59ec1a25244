"""Mailboxes are the addresses at which units take complaints. Pure."""

from dataclasses import dataclass
from functools import cached_property

from shared.bank.organisation import Organisation

POSTMASTER = "postmaster"


@dataclass(frozen=True)
class Mailboxes:
    """The mailboxes of an organisation, without regard to letter case and to what follows a plus sign."""

    organisation: Organisation

    @cached_property
    def _units(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for unit in self.organisation.units:
            address = self.organisation.mailbox(unit)
            if address:
                found.setdefault(plain(address), unit)
        return found

    @cached_property
    def root(self) -> str | None:
        """The top unit, to which its postmaster's mail goes."""
        return next((unit.id for unit in self.organisation.units.values() if unit.parent is None), None)

    @cached_property
    def own(self) -> frozenset[str]:
        """All addresses of the bank and its units: who writes from one is no customer."""
        bank = self.organisation.bank.email
        return frozenset({*self._units, *({plain(bank)} if bank else ())})

    def unit_of(self, recipient: str) -> str | None:
        """The unit of a recipient; None for an address of nobody's."""
        address = plain(recipient)
        local, _, domain = address.rpartition("@")
        if address in self._units:
            return self._units[address]
        known = {one.rpartition("@")[2] for one in self.own}
        return self.root if (local or domain) == POSTMASTER and (not local or domain in known) else None

    def is_own(self, address: str) -> bool:
        """Whether an address is the bank's or a unit's."""
        return plain(address) in self.own

    def submitter(self, unit: str) -> str:
        """What submits the mail of a unit: its address, or at the top unit without one the word for it."""
        return self.organisation.mailbox(unit) or POSTMASTER


def plain(address: str) -> str:
    """An address in small letters, without what follows a plus sign in its local part."""
    local, at, domain = address.strip().lower().rpartition("@")
    return local.partition("+")[0] + at + domain if local else domain
