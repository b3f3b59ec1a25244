"""Who hears an event type stands at the type; every fold has a branch for what it hears, and for nothing else."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args

import pytest

from ops.verify.services import SERVICES
from services.casework import folding as casework
from services.casework.state import MOMENTS
from services.console.projection import state as console
from services.notify import folding as notify
from services.routing import state as routing
from services.sla import state as sla
from shared.case.folding import core
from shared.case.folding.core import CORE_FOLDS
from shared.contract.envelope import outgoing
from shared.contract.events import CATALOGUE
from shared.contract.events.base import EVERYBODY, NOBODY, Hearer, heard_by
from shared.contract.events.routing import RoutingEvent
from shared.contract.records import Record
from shared.kernel.fold import Fold
from shared.kernel.service import Service
from tests.support.facts import event, receipt

STATES: dict[Hearer, Any] = {
    "routing": routing,
    "casework": casework,
    "sla": sla,
    "notify": notify,
    "console": console,
}


@pytest.fixture
def new_type() -> Iterator[type[RoutingEvent]]:
    """A type that nobody hears, in the catalogue for the length of a test."""

    class BranchOfficePainted(RoutingEvent, heard_by=NOBODY):
        """An invented fact."""

        colour: str

    yield BranchOfficePainted
    del CATALOGUE["BranchOfficePainted"]


def besides(service: Hearer) -> frozenset[str]:
    """The types that a service hears of subjects that are no case: these are folded apart from the cases."""
    return next((one.besides for one in SERVICES if one.name == service), frozenset())


def test_every_hearer_is_a_service_with_a_state() -> None:
    """No event is declared for somebody who is not there."""
    assert STATES.keys() == set(get_args(Hearer))


@pytest.mark.parametrize("service", STATES)
def test_every_fold_has_a_branch_for_each_type_that_names_it(service: Hearer) -> None:
    """What every service knows has its branch in the core, see below; the rest in the service's own table."""
    state: ModuleType = STATES[service]

    assert heard_by(service) == state.FOLDS
    assert set() == state.FOLDS - CORE_FOLDS - state.BRANCHES.keys() - besides(service)


@pytest.mark.parametrize("service", STATES)
def test_no_fold_has_a_branch_for_a_type_that_does_not_reach_it(service: Hearer) -> None:
    """A branch that is never taken would look like one that is."""
    assert set() == STATES[service].BRANCHES.keys() - heard_by(service)


def test_the_core_has_a_branch_for_each_type_that_everybody_hears() -> None:
    """A receipt makes the case; every other type has its line in the table."""
    assert CORE_FOLDS == core.BRANCHES.keys() | {"ComplaintReceived"}


@pytest.mark.parametrize("moments", [MOMENTS, casework.ROUTED_ANEW, casework.ROUTING_ANSWERS, sla.TIMED])
def test_no_table_of_a_state_names_a_type_that_does_not_reach_it(moments: Any) -> None:
    """The lists beside the branches are held against the catalogue too."""
    assert set() == set(moments) - (sla.FOLDS if moments is sla.TIMED else casework.FOLDS)


def test_a_type_that_does_not_say_who_hears_it_is_no_type() -> None:
    """It fails where it is defined."""
    with pytest.raises(TypeError, match="Unheard has to say heard_by"):

        class Unheard(RoutingEvent):
            """An invented fact."""

    with pytest.raises(TypeError, match="Misheard has to say heard_by"):

        class Misheard(RoutingEvent, heard_by={"canteen"}):
            """An invented fact."""


def test_what_changes_the_core_is_heard_by_every_service() -> None:
    """So every service has the same case."""
    assert {EVERYBODY} == {CATALOGUE[name].heard_by for name in CORE_FOLDS}


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.name)
def test_a_new_type_passes_by_a_service_that_it_does_not_name(service: Service[Any], new_type: type[Any]) -> None:
    """Nothing of the service is touched for it, and no case is blocked."""
    fold = Fold(service, 0)
    facts = [event(receipt()), event(new_type(colour="green"), "paint")]
    for offset, record in enumerate(outgoing(one) for one in facts):
        fold.apply(Record(0, offset, record.key, record.value, dict(record.headers)))

    assert {} == fold.blocked
    assert new_type.__name__ not in service.folds
