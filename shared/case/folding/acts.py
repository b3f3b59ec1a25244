"""Which acts count on a case: of each type the last one of this round. Pure."""

from sys import intern

from shared.case.duties import CASEWORK_SOURCE, CountingActs, ListsDuties, once
from shared.contract.envelope import Event

ACCEPTANCE = "HandoverAccepted"
ROUTING = frozenset({"CaseRouted", "CaseRerouted"})


def counted(acts: CountingActs, event: Event) -> CountingActs:
    """The acts once an event counts. A reopening begins a new round; whoever is to accept anew has not accepted."""
    if event.source != CASEWORK_SOURCE and event.name not in ROUTING:
        return acts
    act = once((intern(event.name), event.ordinal))
    if event.name == "CaseReopened":
        return (*(one for one in acts if one[0] == ACCEPTANCE or one[0] in ROUTING), act)
    dropped = {event.name, ACCEPTANCE} if _is_to_be_accepted_anew(event) else {event.name}
    return (*(one for one in acts if one[0] not in dropped), act)


def _is_to_be_accepted_anew(event: Event) -> bool:
    if event.name not in ("CaseRerouted", "HandlerReassigned"):
        return False
    data: ListsDuties = event.data
    return any(duty["kind"] == "accept_handover" for duty in data.get("duties_opened") or ())
