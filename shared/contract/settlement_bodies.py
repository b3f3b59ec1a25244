"""The bodies of a settlement on the spot say what people and systems send of it, alone or with a complaint."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from shared.contract.bodies import AMOUNT_LIMIT, Currency, Ids, Listed, Shape, Text, together, wrong
from shared.contract.codes import RemedyKind, ReplyWay, SatisfactionValue
from shared.contract.tenses import Happened

NEEDS_ATTEMPTS = ("not_reached",)


class Remedy(Shape):
    """What the customer gets; an amount comes with its currency, in integer minor units. ``done``: it is done."""

    model_config = together("amount_minor", "currency")

    kind: RemedyKind
    amount_minor: Annotated[int, Field(gt=0, le=AMOUNT_LIMIT)] | None = None
    currency: Currency | None = None
    words: Text | None = None
    done: bool = False

    @model_validator(mode="after")
    def _amount_with_currency(self) -> "Remedy":
        if (self.amount_minor is None) != (self.currency is None):
            raise wrong("amount_and_currency")
        return self


class Attempt(Shape):
    """An attempt to reach the customer."""

    at: Happened
    way: ReplyWay


class Satisfaction(Shape):
    """What the customer thinks of the outcome; ``not_reached`` needs the attempts made."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"value": {"enum": [*NEEDS_ATTEMPTS]}}},
            "then": {"properties": {"attempts": {"minItems": 1}}, "required": ["attempts"]},
        }
    )

    value: SatisfactionValue
    attempts: Listed[Attempt] = ()

    @model_validator(mode="after")
    def _attempts_made(self) -> "Satisfaction":
        if self.value in NEEDS_ATTEMPTS and not self.attempts:
            raise wrong("attempts_of_not_reached")
        return self


class Settlement(Shape):
    """A settlement on the spot: findings, remedy, the customer's consent with its proof, and the report's elements."""

    findings: Text
    remedy: Remedy
    words: Text
    customer_agreed: bool
    agreed_proof: Text | None = None
    satisfaction: Satisfaction
    lessons_and_measures: Text
    treatment_of_persons: Text
    handler_and_phone: Text
    remedies_told: bool
    copy_to: Ids = ()
