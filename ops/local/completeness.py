"""Whether every case came as far as it should have, as the console counts it, in words for whoever operates."""

from typing import Any

NAMED = 3
"""Cases of a sort that are named in one line."""
MENDS = {
    "routed": "{cases} not routed: nobody answers the customer; `redress logs routing` says why",
    "clocked": "{cases} routed without the bank's own clock: `redress logs sla` says why",
    "acknowledged": "{cases} neither acknowledged nor said why not: `redress logs notify` says why",
    "debtor": "{cases} waiting on a duty that nobody owes: name holders of the post in the organisation file "
    "(`redress reference publish organisation`)",
}
"""By what cases miss: what that means, and what to do."""


def in_words(counted: dict[str, Any]) -> str:
    """The hops beside each other, as they have to agree."""
    answered = f"acknowledged {counted['acknowledged']} + {counted['not_acknowledged']} with a reason not"
    answered += f" + {counted['acknowledging']} being sent" if counted["acknowledging"] else ""
    hops = [*(f"{hop} {counted[hop]}" for hop in ("received", "routed", "clocked")), answered]
    return " = ".join(hops) if agrees(counted) else f"{', '.join(hops)}: they differ"


def agrees(counted: dict[str, Any]) -> bool:
    """Whether as many cases came to each hop as were received."""
    answered = sum(counted[name] for name in ("acknowledged", "not_acknowledged", "acknowledging"))
    return {counted["received"]} == {counted["routed"], counted["clocked"], answered}


def unpublished_in_words(partitions: int | None) -> str | None:
    """In how many partitions ``complaints.cases`` is behind; None: nobody has counted. Of none nothing is said."""
    if partitions == 0:
        return None
    still = "not counted yet" if partitions is None else f"{partitions} partitions with cases not published as they are"
    return f"{still} (docs/how-to/runbooks/RedressCasesUnpublished.md)"


def alarms(counted: dict[str, Any] | None, after_seconds: float) -> list[str]:
    """What has been missing for so long that somebody has to look, and cases of which nothing was heard for days."""
    if counted is None:
        return []
    found = []
    for gap, words in MENDS.items():
        one = counted["missing"][gap]
        if one["cases"] and one["oldest_seconds"] > after_seconds:
            cases = f"{_named(one['named'], one['cases'])} {'are' if one['cases'] > 1 else 'is'}"
            found.append(f"{words.format(cases=cases)}; the first for {one['oldest_seconds']:.0f} s")
    if counted["silent"]:
        found.append(
            f"nothing was heard of {_named(counted['silent_cases'], counted['silent'])} for more than "
            f"{counted['silent_days']} days: ask who handles {'them' if counted['silent'] > 1 else 'it'} "
            "(docs/how-to/runbooks/RedressCasesSilent.md)"
        )
    return found


def _named(cases: list[str], number: int) -> str:
    more = number - len(cases[:NAMED])
    shown = ", ".join(cases[:NAMED]) + (f" and {more:,} more" if more else "")
    return f"{number} case{'s' if number > 1 else ''} ({shown})"
