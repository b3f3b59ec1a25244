"""Reads what callers send out of the bodies of their calls."""

from typing import TypeVar

from pydantic import ValidationError

from services.intake.refusals import BadSubmission
from shared.contract.bodies import Shape
from shared.contract.json_text import read_json

S = TypeVar("S", bound=Shape)


def read(shape: type[S], body: bytes) -> S:
    """What a body says.

    Raises:
        BadJson: it is not JSON in UTF-8.
        DuplicateKey: an object has a key twice.
        BadSubmission: a field is missing, unknown or of a wrong type.
    """
    raw = read_json(body)
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise BadSubmission.of(error) from error
