"""Why a command is refused: by rights (403) here; by the case's state in ``bad_state``, by content in ``bad_content``.

One class per stable code, its docstring says what to do (contract 7). Every refusal is a fact.
"""

from shared.errors import RedressError, Said


class Refusal(RedressError):
    """This command is refused."""

    code = "refused"
    status = 409

    def __init__(self, *pointers: str, about: tuple[str, ...] = (), said: Said | None = None) -> None:
        super().__init__(said, pointers=pointers)
        if about:
            self.extra["about"] = about


class Forbidden(Refusal):
    """You may not do this."""

    code = "forbidden"
    status = 403


class UnknownActor(Forbidden):
    """You are not in the organisation file, or your duties there have ended: have yourself entered first."""

    code = "unknown_actor"


class PartyConcerned(Forbidden):
    """A party concerned does nothing on the case: hand it to somebody who is not (article 3)."""

    code = "party_concerned"


class NotEntitled(Forbidden):
    """This is for others to do on the case: ask the handler, the accepting post or a superior of theirs."""

    code = "not_entitled"


class NotYours(NotEntitled):
    """This is another unit's case: ask the unit that accepts or handles it."""

    code = "not_yours"


class OnlyToShorten(Forbidden):
    """The handler may only classify so that the limit gets shorter: ask the accepting post for anything else."""

    code = "only_to_shorten"


class OnlyHeadLowers(Forbidden):
    """The level of a complaint is lowered by a head above the accepting post only: ask one, or leave level out."""

    code = "only_head_lowers"


class OwnApproval(Forbidden):
    """Nobody approves his own: name somebody else in approved_by."""

    code = "own_approval"
