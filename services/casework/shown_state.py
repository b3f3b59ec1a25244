"""Shows of a case what a rebuild of casework's state has to reproduce. Pure."""

from typing import Any

from services.casework.state import CaseworkState
from shared.case.duties import Place


def dump(state: CaseworkState) -> dict[str, Any]:
    """Show what a rebuild has to reproduce: owners, life, acts, open duties."""
    core = state.core
    owners = {name: _place(getattr(core, name)) for name in ("first_asked", "accepting", "handler", "escalated_to")}
    open_duties = [[d.terms.kind, d.terms.level or "", d.terms.debtor.person or ""] for d in core.open_duties()]
    return {
        **owners,
        "agent": core.agent,
        "parties": sorted(core.parties),
        "complained_unit": core.complained_unit,
        "life": core.life,
        "acts": sorted(name for name, _ in core.counting_acts),
        "open_duties": sorted(open_duties),
        "satisfaction": state.satisfaction,
        "asked": sorted(asked.act for asked in state.asked),
        "plans": [[plan.version, plan.answer or "open"] for plan in core.agreed.plans],
        "remedies": [[terms.kind, at or ""] for grant in core.agreed.grants for terms, at in grant.listed],
    }


def _place(place: Place | None) -> list[str | None] | None:
    return [place.unit, place.person] if place else None
