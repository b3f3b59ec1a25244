"""What a shape refuses of two fields beside one another its schema refuses too, for whoever generates bodies."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.contract.settlement_bodies import Remedy, Satisfaction
from shared.contract.submissions import Matter
from tests.support.json_schema import faults

ATTEMPTS = [{"at": "2020-03-05T10:00:00+08:00", "way": "phone"}]
MONEY: list[dict[str, Any]] = [
    {}, {"amount_minor": 1}, {"currency": "CNY"}, {"amount_minor": None, "currency": "CNY"},
    {"amount_minor": 1, "currency": None}, {"amount_minor": None, "currency": None},
    {"amount_minor": 1, "currency": "CNY"},
]  # fmt: skip
REACHED: list[dict[str, Any]] = [
    {"value": "satisfied"}, {"value": "not_reached"}, {"value": "not_reached", "attempts": []},
    {"value": "not_reached", "attempts": ATTEMPTS}, {"value": "satisfied", "attempts": ATTEMPTS},
]  # fmt: skip
BODIES: list[tuple[type[BaseModel], dict[str, Any]]] = [
    *((Remedy, {"kind": "refund"} | one) for one in MONEY),
    *((Satisfaction, one) for one in REACHED),
]


@pytest.mark.parametrize(("shape", "body"), BODIES)
def test_the_schema_takes_what_the_shape_takes(shape: type[BaseModel], body: dict[str, Any]) -> None:
    """An amount goes with its currency; who was not reached was tried."""
    try:
        shape.model_validate(body)
    except ValidationError:
        taken = False
    else:
        taken = True
    document = shape.model_json_schema()
    schema = {word: rule for word, rule in document.items() if word != "$defs"}

    assert taken == (not faults(document, schema, body))


@pytest.mark.parametrize("money", MONEY)
def test_the_schema_of_a_matter_says_that_an_amount_goes_with_its_currency(money: dict[str, Any]) -> None:
    """The shape leaves it to admission, which names the field that is missing."""
    document = Matter.model_json_schema()
    schema = {word: rule for word, rule in document.items() if word != "$defs"}
    values = [money.get(name) is not None for name in ("amount_minor", "currency")]

    assert (len(set(values)) == 1) == (not faults(document, schema, {"narrative": "排队太久。"} | money))
