"""Makes the keepers of folds, with the folds; nothing is opened yet."""

from functools import partial
from typing import TypeVar

from shared.kernel.service import Folded, Stored
from shared.kernel.store.packing import Packing
from shared.kernel.store.stored_cases import StoredCases
from shared.kernel.store.stored_fold import StoredFold
from shared.store.store_keeper import StoreKeeper, ruin
from shared.store.stores import Stores

S = TypeVar("S")


def fold_keeper(stores: Stores, service: Folded[S], stored: Stored, partition: int) -> StoreKeeper[StoredFold[S]]:
    """Keeps the fold of a partition in a file of its own. ``stored``: how the service's states are written down."""
    packing: Packing[S] = Packing(stored)
    file = stores.file(service.name, str(partition), packing.shape)
    cases = StoredCases(packing, stores.most, partial(ruin, file))
    return StoreKeeper(StoredFold(service, partition, cases, packing), file)


def fold_keepers(stores: Stores, service: Folded[S], partitions: int) -> list[StoreKeeper[StoredFold[S]]]:
    """The keepers of a service's folds of all partitions; none where it is not said how its states are written down."""
    stored = service.stored
    return [] if stored is None else [fold_keeper(stores, service, stored, one) for one in range(partitions)]
