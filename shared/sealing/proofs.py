"""A proof says who wrote a record, and binds it to its topic, partition, key, headers and value.

Two of them, since who may check the one may not make the other:
``redress-mac``: keyed BLAKE2b under the log key, which every service of the installation has. It costs microseconds, so
every reader checks it of every record: nobody outside Redress writes anything that counts.
``redress-signature``: Ed25519 under the writer's own key. It costs ten times as much, so it is checked at once where
people act (commands, reference data) and where accesses and faults are told, and of every event by
``redress rebuild verify``: no service passes for another.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from shared.contract.records import HEADER_MAC, HEADER_SIGNATURE, HEADER_SOURCE, Outgoing, Record
from shared.contract.topics import ACCESS, COMMANDS, DEAD_LETTERS, EVENTS, GOVERNANCE, REFERENCE
from shared.process.settings import Settings
from shared.sealing.log_keys import log_keys
from shared.sealing.signing_keys import SIGNERS, SigningKey, TrustedKeys, signing_key, trusted_keys

PROOF_HEADERS = frozenset({HEADER_MAC, HEADER_SIGNATURE})
MAC_BYTES, KEY_MARK_BYTES = 16, 4
DOMAIN = b"redress record 1\0"
SOURCE = b"/redress/"
SIGNED_BY = {COMMANDS: "casework-api", REFERENCE: "ops"}
"""Topics whose records one signer alone may write: its signature is checked by whoever reads them."""
SIGNED_BY_SOURCE = frozenset({ACCESS, DEAD_LETTERS, GOVERNANCE})
"""Topics of few records that each bear much: the signature of the service that a record names is checked at once."""


UNKNOWN_LOG_KEY = (
    "its proof is under no log key that this process has (a line of REDRESS_LOG_KEY_FILE that was taken out, or is not "
    "there yet, or somebody else's)"
)
UNKNOWN_SIGNING_KEY = (
    " under a key that this process trusts (REDRESS_TRUSTED_KEYS_FILE does not name its key any more, or not yet, or "
    "the process was not started anew since)"
)


class Ground(NamedTuple):
    """What makes a proof for one topic: who alone may write it, and the keys."""

    only: str | None
    log_keys: Sequence[bytes]
    trusted: TrustedKeys


class Proofs:
    """The proofs of one topic's records. Keys are read when the first one is needed."""

    def __init__(self, settings: Settings, topic: str = EVENTS) -> None:
        self._settings = settings
        self._base = topic
        self._ground: Ground | None = None
        self._signing: dict[str, SigningKey | None] = {}
        self._macs: dict[tuple[bytes, int], blake2b] = {}

    @property
    def ground(self) -> Ground:
        """Keys and who may write. Raises SigningKeyMissing, BadKeyFile."""
        if self._ground is None:
            settings = self._settings
            self._ground = Ground(SIGNED_BY.get(self._base), log_keys(settings), trusted_keys(settings))
        return self._ground

    # -- writing -----------------------------------------------------------------------------------

    def signed(self, record: Outgoing, partition: int) -> Outgoing:
        """The record with its proofs: those that the writer's keys allow."""
        content = _content(record.key, record.headers, record.value)
        key = self.ground.log_keys[0]
        headers = [*record.headers, (HEADER_MAC, _mark_of(key) + self._mac(key, partition, content))]
        signer = self._key_of(self.ground.only or _source_of(record.headers))
        if signer is not None:
            signature = signer.sign(self._prefix(partition) + content)
            headers.append((HEADER_SIGNATURE, signer.kid.encode() + b"." + signature))
        return Outgoing(record.key, record.value, headers)

    def _key_of(self, signer: str | None) -> SigningKey | None:
        if signer not in SIGNERS:
            return None
        if signer not in self._signing:
            self._signing[signer] = signing_key(self._settings, signer)
        return self._signing[signer]

    # -- reading -----------------------------------------------------------------------------------

    def fault(self, record: Record) -> str | None:
        """Why this record counts for nothing; None when it was written by whom it has to be."""
        try:
            content = _content(record.key, record.headers.items(), record.value)
            said = record.headers[HEADER_MAC]
            key = next((key for key in self.ground.log_keys if said.startswith(_mark_of(key))), None)
            if key is None:
                return UNKNOWN_LOG_KEY
            if said[KEY_MARK_BYTES:] != self._mac(key, record.partition, content):
                return "its proof does not fit: it was altered, or written for another place"
        except (KeyError, TypeError, AttributeError):
            return "it has no proof that it was written by this installation"
        only = self.ground.only
        if self._base in SIGNED_BY_SOURCE:
            only = _source_of(record.headers.items()) or "the service that it is from"
        if only is not None and self._signer(record, content) != only:
            return f"it was not signed by {only}{self._hint(record)}"
        return None

    def _hint(self, record: Record) -> str:
        """What may be wrong with our own files, where the key of a signature is not known here."""
        kid = record.headers.get(HEADER_SIGNATURE, b"").partition(b".")[0].decode("ascii", "replace")
        return UNKNOWN_SIGNING_KEY if kid and not self.ground.trusted.knows(kid) else ""

    def signer(self, record: Record) -> str | None:
        """Who signed this record; None when nobody did whose key is trusted."""
        return self._signer(record, _content(record.key, record.headers.items(), record.value))

    def _signer(self, record: Record, content: bytes) -> str | None:
        kid, _, signature = record.headers.get(HEADER_SIGNATURE, b"").partition(b".")
        prefix = self._prefix(record.partition)
        return self.ground.trusted.signer_of(kid.decode("ascii", "replace"), signature, prefix + content)

    # -- what is proved ------------------------------------------------------------------------------

    def _prefix(self, partition: int) -> bytes:
        """The place; without the topic's prefix, since a log that is restored from a backup gets a new one."""
        return DOMAIN + f"{self._settings.installation}\0{self._base}\0{partition}\0".encode()

    def _mac(self, key: bytes, partition: int, content: bytes) -> bytes:
        begun = self._macs.get((key, partition))
        if begun is None:
            begun = self._macs[key, partition] = blake2b(self._prefix(partition), key=key, digest_size=MAC_BYTES)
        mac = begun.copy()
        mac.update(content)
        return mac.digest()


def _mark_of(key: bytes) -> bytes:
    """What tells a log key apart from an older one: the first bytes of its hash, made under another domain."""
    return _marks.get(key) or _marks.setdefault(
        key, blake2b(key, digest_size=KEY_MARK_BYTES, person=b"log key").digest()
    )


_marks: dict[bytes, bytes] = {}


def _source_of(headers: Iterable[tuple[str, bytes]]) -> str | None:
    """The service that an event names as its source."""
    source = next((value for name, value in headers if name == HEADER_SOURCE), b"")
    return source[len(SOURCE) :].decode() if source.startswith(SOURCE) else None


def _content(key: str, headers: Iterable[tuple[str, bytes]], value: bytes) -> bytes:
    """Key, headers and value with their lengths in front, so that nothing can move from one into another."""
    parts = [key.encode(), value]
    for name, said in headers:
        if name not in PROOF_HEADERS:
            parts += (name.encode(), said)
    return b",".join([b"%d" % len(part) for part in parts]) + b"\0" + b"".join(parts)
