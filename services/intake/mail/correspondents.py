"""Correspondents of a case are the e-mail addresses that it knows, sealed: whose mail may join it. None is opened."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.intake.mail.mailboxes import plain
from shared.case.speakers import Box
from shared.contract.envelope import Event
from shared.kernel.service import Folded, Shape, Stored
from shared.sealing.vault import KeyDestroyed, Vault

FOLDS = frozenset({"ComplaintReceived", "ReceiptAdded", "RepresentativeChanged", "ReceiptCorrected"})
CORRECTED = "/complainant/email"
OF_THE_CUSTOMER = "complainant.email"
Known = tuple[Box, ...]


def evolve(known: Known | None, event: Event) -> Known | None:
    """The addresses after an event of ``FOLDS``."""
    data: Mapping[str, Any] = event.data
    if event.name in ("ComplaintReceived", "ReceiptAdded"):
        found = [data["complainant"], *_people(data["group"])]
    elif event.name == "RepresentativeChanged":
        found = [*data["added"], data["proxy"]]
    elif event.name == "ReceiptCorrected" and data["pointer"] == CORRECTED:
        kept = tuple(box for box in known or () if box.label != OF_THE_CUSTOMER)
        return (*kept, Box(OF_THE_CUSTOMER, data["value"]["box"])) if data["value"] is not None else kept
    else:
        return known
    boxes = (Box(one["email"]["label"], one["email"]["box"]) for one in found if one and one["email"])
    return tuple(dict.fromkeys((*(known or ()), *boxes)))


def _people(group: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    if group is not None:
        yield from (one for who in ("representatives", "members") for one in group[who] if isinstance(one, dict))


STORED = Stored(version=1, case=Shape(Known))
"""Raise the version whenever ``evolve`` makes another state of the same events: each store is folded anew then."""
CORRESPONDENTS: Folded[Known] = Folded(
    name="intake-mail", folds=FOLDS, evolve=evolve, dump=lambda known: {"addresses": len(known)}, stored=STORED
)
"""What the kernel's fold gets of it."""


async def is_known(vault: Vault, case: str, known: Known, address: str) -> bool:
    """Whether an address is one of a case's; of an erased case nobody's is.

    Nothing is opened: sealed under the same label, the same address is the same box.
    """
    try:
        for box in known:
            for written in {address, address.lower(), plain(address)}:
                if (await vault.seal(case, box.label, written)).box == box.box:
                    return True
    except KeyDestroyed:
        return False
    return False
