"""Reads the secrets with which notices to channel systems are signed: of each system one, two while it is changed."""

import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Final

PREFIX: Final = "whsec_"
ENTRY = re.compile(r"[A-Za-z0-9._-]+=whsec_\S+( whsec_\S+)?")
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as Standard Webhooks has them."""
WRONG = (
    "REDRESS_WEBHOOK_SECRETS names of each channel system one secret, or two while it is changed: "
    "'<system>=whsec_… [whsec_…]', separated by commas; a secret is base64 of 24 to 64 bytes after 'whsec_'."
)


def webhook_secrets(text: str) -> Mapping[str, tuple[bytes, ...]]:
    """The keys of each channel system, the newest first. Raises ValueError, which quotes no secret."""
    found: dict[str, tuple[bytes, ...]] = {}
    for entry in filter(None, (one.strip() for one in text.split(","))):
        system, _, secrets = entry.partition("=")
        if not ENTRY.fullmatch(entry) or system in found:
            raise ValueError(WRONG)
        found[system] = tuple(_key(secret) for secret in secrets.split(" "))
    return found


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError(WRONG) from None
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(WRONG)
    return key
