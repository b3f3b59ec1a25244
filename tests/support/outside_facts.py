"""Facts from outside a journey meets: letters come back, scanners answer, messages collide or cannot be read."""

from random import Random

from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded, LetterReturned, ReceiptAdded, ReceiptConflictDetected
from tests.support.facts import SEALED
from tests.support.world import World


def outside(world: World, rng: Random) -> None:
    """One of them, whatever state the case is in: nobody asks it first."""
    rng.choice((_returned, _scanned, _in_conflict, _unreadable))(world, rng)


def _returned(world: World, rng: Random) -> None:
    """A letter that was sent comes back; sometimes twice, sometimes one that nobody knows."""
    sent = [one.data["message_id"] for one in world.log if one.name == "MessageSent"]
    world.receives(LetterReturned(message_id=rng.choice([*sent, "unknown"])))


def _scanned(world: World, rng: Random) -> None:
    """A file comes into quarantine, and a scanner finds something in it or not; or does not answer yet."""
    file = {"sha256": "00", "size_bytes": 1, "kind": "photo", "media_type": "image/png", "file_name": SEALED}
    world.receives(EvidenceAdded.model_validate(file | {"quarantined": True}))
    document, infected = world.log[-1].id, rng.random() < 0.4
    if rng.random() < 0.8:
        found = "Eicar-Test" if infected else None
        world.receives(EvidenceScanned(document=document, infected=infected, found=found))


def _in_conflict(world: World, rng: Random) -> None:
    """Another content under a known id: of mail somebody compares the two, of a channel system nobody does."""
    submitter = rng.choice(("smtp:dongqiao", "channel:hotline"))
    world.receives(ReceiptConflictDetected(submitter=submitter, fingerprint="other"))


def _unreadable(world: World, rng: Random) -> None:
    """A further message, which no machine can read; perhaps a machine wrote it."""
    warnings = ["unreadable", *(["unanswered"] if rng.random() < 0.3 else [])]
    said = {"receipt_id": "unread", "channel": "mail", "received_at": world.now, "fingerprint": "unread"}
    said |= {"received_by": {"unit": "dongqiao", "person": None}, "reachable_by": [], "anonymous": True}
    more = {"complainant": None, "matter": {"narrative": SEALED}, "warnings": warnings}
    world.receives(ReceiptAdded.model_validate(said | more))
