"""A message as a mail server hands it over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Handed:
    """A message as a mail server handed it over, for units of the bank."""

    units: tuple[str, ...]
    raw: bytes
    return_path: str
    peer_name: str
