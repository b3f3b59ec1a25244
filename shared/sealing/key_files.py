"""Keys come from files that operations made; in development they are made under the data folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from shared.errors import RedressError
from shared.sealing.durable_files import draft_beside

KEY_BYTES = 32


class SigningKeyMissing(RedressError):
    """A signing key is missing: `redress keys make` makes them (docs/how-to/keys.md)."""

    code = "signing_key_missing"
    status = 503


class BadKeyFile(RedressError):
    """A key file is not what it has to be: `redress keys make` makes such files (docs/how-to/keys.md)."""

    code = "bad_key_file"
    status = 503


def development_key(path: Path) -> bytes:
    """A random key in a file only its owner reads. Made by whichever process comes first, and whole at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft_beside(path, secrets.token_bytes(KEY_BYTES), mode=0o600) as draft, suppress(FileExistsError):
            os.link(draft, path)  # unless another process was first: then its key counts
    return path.read_bytes()
