"""A settlement on the spot: in a submission that says the matter is settled, and in the command that settles it."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contract.codes import RemedyKind, ReplyWay, SatisfactionValue
from shared.contract.events.base import Closed, Identifier, Instant, PositiveInt, Sealed


class Remedy(Closed):
    """What the customer gets. Amounts are integer minor units with their currency.

    ``done``: it was carried out on the spot, so that nobody owes it any more.
    """

    kind: RemedyKind
    amount_minor: PositiveInt | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    words: Sealed | None = None
    done: bool = False


class Attempt(Closed):
    """An attempt to reach the customer."""

    at: Instant
    way: ReplyWay


class Satisfaction(Closed):
    """What the customer thinks of the outcome (article 4, element 4); the last two values need attempts."""

    value: SatisfactionValue
    attempts: tuple[Attempt, ...] = ()


class SealedSettlement(Closed):
    """Everything a settlement on the spot has to say: reply and report in one (contract 6, `settle-on-the-spot`)."""

    findings: Sealed
    remedy: Remedy
    words: Sealed
    customer_agreed: Literal[True]
    agreed_proof: Sealed
    satisfaction: Satisfaction
    lessons_and_measures: Sealed
    treatment_of_persons: Sealed
    handler_and_phone: Sealed
    remedies_told: bool
    copy_to: tuple[Identifier, ...] = ()
