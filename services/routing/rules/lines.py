"""The lines of the rule table, as they are read and before they are compiled. Pure."""

from typing import NamedTuple

from services.routing.rules.process import ChainKind, Creditor, Debtor, Handling, Settled


class OwnerLine(NamedTuple):
    """Who takes a channel's complaints; no forms or unit kinds: all of them."""

    channel: str
    forms: tuple[str, ...]
    unit_kinds: tuple[str, ...]
    accepted_by: str
    handled_by: Handling
    chain: ChainKind


class Column(NamedTuple):
    """A column of the duties: a channel, in some forms or (none named) in all of them."""

    channel: str
    forms: tuple[str, ...]


class DutyLine(NamedTuple):
    """A duty. ``owed`` says for every column whether the receipt settles it; None: it is not owed there."""

    kind: str
    debtor: Debtor
    creditor: Creditor
    owed: tuple[Settled | None, ...]


class RuleTable(NamedTuple):
    """All of the file."""

    owners: tuple[OwnerLine, ...]
    columns: tuple[Column, ...]
    duties: tuple[DutyLine, ...]
