"""The process of a channel: who accepts, who handles, which chain, what is owed. The words that rules may use. Pure."""

from typing import Literal, NamedTuple, get_args

Handling = Literal["complained_unit", "accepting"]
ChainKind = Literal["none", "level_by_level", "upward"]
Debtor = Literal["accepting", "handler", "archivist", "dispatch_levels", "report_levels"]
Creditor = Literal["customer", "handler", "accepting", "general_office", "next_level", "transferring_body", "media", ""]
"""To whom a duty is owed; nobody in particular where it is empty."""
Settled = Literal["by_receipt", ""]

HANDLINGS: tuple[Handling, ...] = get_args(Handling)
CHAIN_KINDS: tuple[ChainKind, ...] = get_args(ChainKind)
DEBTORS: tuple[Debtor, ...] = get_args(Debtor)
CREDITORS: tuple[Creditor, ...] = get_args(Creditor)
SETTLEMENTS: tuple[Settled, ...] = get_args(Settled)


class DutyRule(NamedTuple):
    """A duty that the process calls for. ``settled`` is ``by_receipt`` where the receipt itself discharges it."""

    kind: str
    debtor: Debtor
    creditor: Creditor
    settled: Settled


class Process(NamedTuple):
    """How the complaints of a channel are taken."""

    accepting_post: str
    handled_by: Handling
    chain: ChainKind
    duties: tuple[DutyRule, ...]
