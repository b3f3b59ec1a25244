"""The vault seals personal data with a key per case; destroying the key erases the person everywhere.

AES-256-GCM, associated data = case id and label. A key is durable before its first event is appended, so
nothing in the log can ever be without its key. Keys are wrapped by the master key before they are stored.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contract.events.base import Sealed
from shared.errors import RedressError
from shared.process import bombs
from shared.process.settings import Settings
from shared.sealing.key_files import KEY_BYTES, BadKeyFile, development_key

NONCE_BYTES = 12
PADDED_BYTES = 256
"""Two ids of the greatest length, or a handful of usual ones, look like none."""
PADDING = "\0"
"""No text that somebody typed holds one."""


class KeyDestroyed(RedressError):
    """This case was erased: its key is destroyed and nothing of it can be opened any more."""

    code = "case_erased"
    status = 410


class KeyMissing(RedressError):
    """The vault has no key for this case: it is not the vault that the case was sealed with."""

    code = "key_missing"
    status = 500


class SealBroken(RedressError):
    """A sealed value does not open: it was altered, or belongs to another case or label."""

    code = "seal_broken"
    status = 500


class VaultAway(RedressError):
    """The vault cannot be read or written: look at its database, or its disk; repeat the call when it is there."""

    code = "vault_away"
    status = 503


class MasterKeyMissing(RedressError):
    """In production the master key comes from a file outside the data folder: set REDRESS_MASTER_KEY_FILE."""

    code = "master_key_missing"
    status = 503


class WrappedKey(NamedTuple):
    """The key of a case, or of another subject, as it lies in the store; ``wrapped`` None: it was destroyed."""

    key_id: str
    wrapped: bytes | None


class KeyStore(Protocol):
    """Where wrapped keys lie. A destroyed key leaves a tombstone, so that it is never made again.

    Every call raises VaultAway where the store cannot be reached, or its disk takes nothing.
    """

    async def ensure(self, key_id: str, wrapped: bytes) -> bytes | None:
        """Store durably unless there is one; the one that counts, or None for a tombstone."""

    async def get(self, key_id: str) -> bytes | None:
        """The wrapped key, or None for a tombstone. Raises KeyMissing."""

    async def destroy(self, key_id: str) -> None:
        """Leave a tombstone, durably."""

    async def close(self) -> None:
        """Let go of the store."""


class WholeKeyStore(KeyStore, Protocol):
    """The same for who works on all keys: backups, and a change of the master key."""

    async def page(self, after: str, most: int) -> list[WrappedKey]:
        """So many keys and tombstones whose ids come after this one, in the order of their ids."""

    async def put_back(self, keys: Sequence[WrappedKey]) -> None:
        """Store durably what a backup holds: a tombstone in place of whatever is there, a key only where nothing is."""

    async def rewrap(self, keys: Sequence[tuple[WrappedKey, bytes]]) -> None:
        """Replace wrapped keys durably, each only where it is still wrapped as it was."""


class MasterKeys:
    """The master keys wrap and unwrap keys: with the first one; the others open what is not wrapped anew yet."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [AESGCM(key) for key in keys]

    def wrap(self, key_id: str, key: bytes) -> bytes:
        """A key as it may be stored."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._keys[0].encrypt(nonce, key, key_id.encode())

    def unwrap(self, key_id: str, wrapped: bytes | None) -> bytes:
        """The key. Raises KeyDestroyed, SealBroken."""
        if wrapped is None:
            raise KeyDestroyed
        for master in self._keys:
            with suppress(InvalidTag):
                return _unwrapped(master, key_id, wrapped)
        raise SealBroken("The master key does not open this vault: check REDRESS_MASTER_KEY_FILE.")

    def rewrapped(self, one: WrappedKey) -> bytes | None:
        """The same key under the first master key; None where it is, or where it was destroyed. Raises SealBroken."""
        if one.wrapped is None:
            return None
        with suppress(InvalidTag):
            _unwrapped(self._keys[0], one.key_id, one.wrapped)
            return None
        return self.wrap(one.key_id, self.unwrap(one.key_id, one.wrapped))


def _unwrapped(master: AESGCM, key_id: str, wrapped: bytes) -> bytes:
    return master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.encode())


class Vault:
    """Seals and opens. Keys are asked of the store every time they are needed, so an erasure holds at once."""

    def __init__(self, store: KeyStore, master_keys: Sequence[bytes]) -> None:
        self._store = store
        self._masters = MasterKeys(master_keys)

    async def ensure_key(self, case: str) -> bytes:
        """The case's key, made and durable if there was none.

        Raises:
            KeyDestroyed: the case was erased.
        """
        fresh = secrets.token_bytes(KEY_BYTES)
        stored = await self._store.ensure(case, self._masters.wrap(case, fresh))
        bombs.hit("vault_write")
        return self._masters.unwrap(case, stored)

    async def key(self, case: str) -> bytes:
        """The case's key. Raises KeyMissing, KeyDestroyed."""
        return self._masters.unwrap(case, await self._store.get(case))

    async def seal(self, case: str, label: str, text: str) -> Sealed:
        """Seal a text of a case whose key exists."""
        return seal_with(await self.key(case), case, label, text)

    async def open(self, case: str, sealed: Sealed) -> str:
        """Open a sealed text. Raises KeyMissing, KeyDestroyed, SealBroken."""
        return self.open_all(await self.key(case), case, [sealed])[0]

    def open_all(self, key: bytes, case: str, sealed: Sequence[Sealed]) -> list[str]:
        """Open texts of one case with its key, which was just asked for. Raises SealBroken."""
        return [decrypt(key, case, one.label, base64.b64decode(one.box)).decode() for one in sealed]

    async def seal_bytes(self, case: str, label: str, content: bytes) -> bytes:
        """Seal bytes, such as a document."""
        return encrypt(await self.key(case), case, label, content)

    async def open_bytes(self, case: str, label: str, box: bytes) -> bytes:
        """Open sealed bytes. Raises KeyMissing, KeyDestroyed, SealBroken."""
        return decrypt(await self.key(case), case, label, box)

    async def destroy(self, case: str) -> None:
        """Erase: nothing sealed with this key opens ever again."""
        await self._store.destroy(case)


def encrypt(key: bytes, case: str, label: str, content: bytes) -> bytes:
    """Nonce and ciphertext. The nonce is derived from key, label and content.

    So sealing the same value twice gives the same box: a repeated append is the same to the byte, and two
    different values never share a nonce.
    """
    nonce = hmac.digest(key, b"nonce\0" + label.encode() + b"\0" + content, "sha256")[:NONCE_BYTES]
    return nonce + AESGCM(key).encrypt(nonce, content, f"{case}\0{label}".encode())


def decrypt(key: bytes, case: str, label: str, box: bytes) -> bytes:
    """The content of a box. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], f"{case}\0{label}".encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error


def seal_with(key: bytes, case: str, label: str, text: str) -> Sealed:
    """Seal a text with a key already at hand."""
    return Sealed(label=label, box=base64.b64encode(encrypt(key, case, label, text.encode())).decode())


def padded(text: str) -> str:
    """A text at a length that says nothing of which code it is: a box is as long as what is in it."""
    missing = -len(text.encode()) % PADDED_BYTES
    return text + PADDING * (missing if text else PADDED_BYTES)


def fingerprint(key: bytes, content: bytes) -> str:
    """What tells two submissions apart without telling anything about them once the key is destroyed."""
    return hmac.new(key, b"fingerprint\0" + content, hashlib.sha256).hexdigest()


def master_keys(settings: Settings) -> tuple[bytes, ...]:
    """The master keys, the newest first: from their file, or in development one that is made under the data folder.

    Raises:
        MasterKeyMissing: production without a file.
        BadKeyFile: the file does not have the length of one key or several.
    """
    if settings.master_key_file is not None:
        return _keys_in(settings.master_key_file)
    if settings.environment == "production":
        raise MasterKeyMissing
    path = settings.data / "keys" / "master.key"
    development_key(path)
    return _keys_in(path)


def _keys_in(path: Path) -> tuple[bytes, ...]:
    found = path.read_bytes()
    if not found or len(found) % KEY_BYTES:
        raise BadKeyFile(f"{path} has {len(found)} bytes; a master key has {KEY_BYTES}, several have as many each.")
    return tuple(found[at : at + KEY_BYTES] for at in range(0, len(found), KEY_BYTES))
