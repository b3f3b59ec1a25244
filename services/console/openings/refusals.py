"""What a bulk opening is refused with."""

from shared.errors import RedressError


class OpeningNeeded(RedressError):
    """Many cases open only with a ground and a second person: POST /v1/register/openings {ground, query}, have it
    approved, then repeat this with `opening=<its id>`.
    """

    code = "opening_needed"
    status = 403


class UnknownOpening(RedressError):
    """There is no such opening that you asked for or may answer: check its id."""

    code = "unknown_opening"
    status = 404


class OpeningNotApproved(RedressError):
    """This opening is not approved, or not any more: GET it to see where it stands, and ask anew where it has ended."""

    code = "opening_not_approved"
    status = 409


class OpeningAnswered(RedressError):
    """This opening was answered by somebody else, or too late: GET it to see how it ended."""

    code = "opening_answered"
    status = 409


class OtherQuery(RedressError):
    """This opening was approved for another filter: repeat with the very one that it names."""

    code = "other_query"
    status = 422


class OwnOpening(RedressError):
    """Nobody approves his own opening: ask one of its `approvers`."""

    code = "own_opening"
    status = 403


class NobodyToApprove(RedressError):
    """Nobody above you may approve an opening: have a head or a consumer protection officer entered above your unit."""

    code = "nobody_to_approve"
    status = 409


class OpeningConflict(RedressError):
    """This Idempotency-Key was used for another opening: use a new key for a new one."""

    code = "idempotency_conflict"
    status = 409
