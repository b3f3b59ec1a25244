"""What a reader answers to today, and so which cases exist for him (contract 1, *Who sees a case*). Pure.

The one rule for whoever shows anything of a case: the console's lists and pages, casework's API, intake.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from shared.bank.organisation import Organisation
from shared.bank.posts import AUDITOR
from shared.contract.ties import party_tie, person_tie, post_tie, unit_tie

OVERSEEING_POSTS = (
    "complaint_post", "general_office", "consumer_protection", "president_office", "responsible_senior_manager",
    "archivist",
)  # fmt: skip
"""Whoever holds one of these in a unit that a case concerns, or in one above, sees the case."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A reader sees the cases tied to what he answers to, never those where he is concerned.

    ``everything``: he sees all cases but those. ``concerned``: the parties that make him one, too.
    """

    answers_to: frozenset[str]
    concerned: frozenset[str]
    everything: bool = False

    def sees(self, ties: Collection[str]) -> bool:
        """Whether a case with these ties exists for the reader."""
        return not self.is_party(ties) and (self.everything or not self.answers_to.isdisjoint(ties))

    def is_party(self, ties: Collection[str]) -> bool:
        """Whether the reader is concerned in a case with these ties."""
        return not self.concerned.isdisjoint(ties)


def sight_of(organisation: Organisation, person: str, on: date) -> Sight:
    """The sight of somebody on a bank day; stand-ins see what the holders of their posts do."""
    found = organisation.people.get(person)
    posts = organisation.posts_on(person, on) if found is not None and found.active(on) else ()
    units = {
        below
        for post in posts
        if post.post in OVERSEEING_POSTS or post.post == organisation.head_post(post.unit)
        for below in organisation.below(post.unit)
    }
    answers_to = {person_tie(person)}
    answers_to |= {post_tie(post.unit, post.post) for post in posts}
    answers_to |= {unit_tie(unit) for unit in units}
    everything = any(post.post == AUDITOR for post in posts)
    return Sight(frozenset(answers_to), _concerned_through(organisation, person), everything)


def _concerned_through(organisation: Organisation, person: str) -> frozenset[str]:
    """The parties by whom somebody is concerned: himself, and whoever heads his unit or one above it.

    The same as ``shared.bank.ladder.parties_concerned``, asked from the other end.
    """
    found = organisation.people.get(person)
    heads = {person}
    for above in organisation.upward(found.unit) if found else ():
        heads.update(organisation.heads_of(above.id))
    return frozenset(party_tie(head) for head in heads)
