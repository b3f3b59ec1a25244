"""A body's typed texts become sealed values before it leaves the API that took it in."""

from typing import Any

from shared.contract.bodies import Chosen, Typed
from shared.sealing.vault import padded, seal_with


def sealed(value: Any, key: bytes, case: str, label: str) -> Any:
    """A dumped shape with every typed text sealed; a text's label is its path below ``label``."""
    if isinstance(value, Chosen):
        return seal_with(key, case, label, padded(value)).model_dump()
    if isinstance(value, Typed):
        return seal_with(key, case, label, value).model_dump()
    if isinstance(value, dict):
        return {name: sealed(part, key, case, f"{label}.{name}") for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [sealed(part, key, case, f"{label}.{at}") for at, part in enumerate(value)]
    return value
