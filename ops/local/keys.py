"""Makes the key files that production reads: private keys by service, the public keys of all, the log key."""

import secrets
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.errors import BadReference
from shared.sealing.durable_files import draft_beside, sync_folders
from shared.sealing.key_files import KEY_BYTES
from shared.sealing.signing_keys import SIGNERS, SigningKey

TRUSTED, LOG, MASTER = "trusted.jwks.json", "log.key", "master.key"


def make(folder: Path, rotate: list[str]) -> list[str]:
    """Make what is missing, and new keys for those that rotate; what was made, a line each.

    A public key is added before the private one changes, and never taken away: what the old one signed still counts.

    Raises:
        BadReference: there is no such signer, or the folder has private keys and no public ones.
    """
    known = (*SIGNERS, "log", "master")
    if unknown := set(rotate) - {*known}:
        raise BadReference(f"There is no signer {', '.join(sorted(unknown))}; known: {', '.join(known)}.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = [name for name in SIGNERS if name in rotate or not (folder / f"{name}.pem").exists()]
    fresh = [SigningKey.of(name, Ed25519PrivateKey.generate()) for name in wanted]
    _put(folder / TRUSTED, orjson.dumps({"keys": _trusted(folder) + [key.public_jwk() for key in fresh]}))
    for key in fresh:
        pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _put(folder / f"{key.signer}.pem", pem)
    made = [f"{key.signer}.pem: {key.kid}" for key in fresh]
    if "log" in rotate or not (folder / LOG).exists():
        before = (folder / LOG).read_text(encoding="ascii") if (folder / LOG).exists() else ""
        _put(folder / LOG, f"{secrets.token_hex(KEY_BYTES)}\n{before}".encode())
        made.append(LOG)
    if "master" in rotate or not (folder / MASTER).exists():
        older = (folder / MASTER).read_bytes() if (folder / MASTER).exists() else b""
        _put(folder / MASTER, secrets.token_bytes(KEY_BYTES) + older)
        made.append(MASTER)
    sync_folders([folder])
    return made


def _trusted(folder: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = orjson.loads((folder / TRUSTED).read_bytes())["keys"]
    except FileNotFoundError as error:
        if any(folder.glob("*.pem")):
            raise BadReference(f"{folder} has private keys, and no {TRUSTED}: bring that back first.") from error
        return []
    return found


def _put(path: Path, content: bytes) -> None:
    with draft_beside(path, content, mode=0o600) as draft:
        draft.replace(path)
