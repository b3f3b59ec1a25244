"""Who allows somebody a bulk opening, and for how long it holds (docs/explanation/who-sees-a-case.md). Pure."""

from datetime import date, timedelta

from shared.bank.organisation import Organisation

ALLOWING_POSTS = ("consumer_protection", "responsible_senior_manager", "general_office")
"""Besides whoever heads the unit of who asks, or one above it."""
ANSWER_WITHIN = timedelta(hours=24)
"""Nobody answers for a question of last week any more: ask anew."""


def allowing(organisation: Organisation, asker: str, on: date) -> tuple[str, ...]:
    """Everybody who may allow or refuse a bulk opening: nearest unit first, never the one who asks."""
    found: dict[str, None] = {}
    for above in organisation.upward(organisation.people[asker].unit):
        for post in (organisation.head_post(above.id), *ALLOWING_POSTS):
            found |= dict.fromkeys(organisation.people_in(above.id, post, on))
    return tuple(person for person in found if person != asker)
