"""One table says what counts when facts of two services cross: both were decided before either saw the other.

Every event names its basis, so everybody who folds the log sees the crossing and judges it alike:

1. An act that rests on who owns the case is *overtaken* by a routing, where neither had seen the other. It stands in
   the timeline without effect; one that lies before the routing counts until then. What was done by its debtors stays
   done.
2. A closing or an archiving is overtaken by a duty of another service that was opened without its having been seen,
   whichever of the two lies first in the log, and even if the duty is ended at once by one of the rules below.
3. A fact that ends a duty also ends one of the same kind and level that was opened meanwhile, whichever lies first:
   what was done need not be done again because the case changed hands. Duties that bind a new handler in person are
   excepted, and a waiver lets go only the duty it names. A reason or explanation given before the breach that asks
   for it counts in the same way.
4. A withdrawal or a refusal to accept also lets go what another service opened meanwhile, whichever lies first: all
   that it would have waived, had it been seen.
5. A reopening begins a new round: it lets go what another service opened meanwhile and the new round owes anew, and no
   fact of the round before ends what it opens.
6. A revised decision is answered anew: a letter that told the customer the former one, and had not seen the revision,
   does not end the answer that is owed since, whichever lies first.
"""

from shared.case.duty_kinds import ANTICIPATED, KINDS, REOPENED, SURVIVE_REFUSAL, SURVIVE_WITHDRAWAL

OWNERSHIP = frozenset({"HandoverAccepted", "HandoverRefused", "AgentNamed", "HandlerReassigned"})
"""Acts that rest on who owns the case (rule 1)."""
SETTING_ASIDE = frozenset({"CaseRouted", "CaseRerouted", "CaseEscalated"})
"""Facts of routing that can say who owns the case."""
FINAL = frozenset({"CaseClosed", "CaseArchived"})
"""Acts that rest on nothing being owed (rule 2)."""
LETTING_GO = {"CaseWithdrawn": SURVIVE_WITHDRAWAL, "CaseNotAccepted": SURVIVE_REFUSAL}
"""Facts that waive whatever is owed but these kinds (rule 4)."""
NEW_ROUND = "CaseReopened"
ANSWERED_ANEW = "DecisionRevised"
"""The fact since which the customer is owed the answer to another decision (rule 6)."""
REACH_AHEAD = frozenset({*ANTICIPATED.values(), *LETTING_GO, NEW_ROUND})
"""Facts that can end a duty which is opened after them (rules 3 to 5)."""


def overtaken(name: str, basis_ordinal: int, rerouted_ordinal: int, opened_elsewhere_ordinal: int) -> bool:
    """Whether an act on this basis is without effect: it had not seen the last routing, or a duty opened elsewhere."""
    if name in OWNERSHIP:
        return basis_ordinal < rerouted_ordinal
    return name in FINAL and basis_ordinal < opened_elsewhere_ordinal


def carries(kind: str) -> bool:
    """Whether an end of a duty of this kind carries over to its successor across a crossing (rule 3)."""
    found = KINDS.get(kind)
    return found is not None and not found.personal


def lets_go(name: str, kind: str) -> bool:
    """Whether a fact of this type waives a duty of this kind that was opened meanwhile (rules 4 and 5)."""
    if name == NEW_ROUND:
        return kind in REOPENED
    survivors = LETTING_GO.get(name)
    return survivors is not None and kind not in survivors
