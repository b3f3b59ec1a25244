"""This command records what a medium hears that asked or published (article 2.5)."""

from typing import Literal

from services.casework.act import Act
from services.casework.bad_state import NothingOwed, NotVerifiedYet
from services.casework.bad_times import BeforeWhatItAnswers
from services.casework.commands.declaration import Body, Declaration
from services.casework.sides import ACCEPTING
from shared.case.duty_kinds import RESPOND
from shared.contract.bodies import Text
from shared.contract.events.passing import MediaAnswered
from shared.contract.names import Name
from shared.kernel.service import Fact


class AnswerMedia(Body):
    """Record the answer to the medium; an interim one ends nothing."""

    kind: Literal["interim", "final"]
    outlet: Name
    words: Text


def answer_media(act: Act) -> Fact:
    """The president's office answers the medium: finally once the matter was looked into, before that how far it is.

    Raises:
        NothingOwed, NotVerifiedYet, BeforeWhatItAnswers
    """
    if not act.core.open_duties(RESPOND):
        raise NothingOwed(about=(RESPOND,))
    final = act.body.get("kind") == "final"
    if final:
        _check_verified(act)
    return act.fact(MediaAnswered, act.discharges(RESPOND) if final else (), **act.said("kind", "outlet", "words"))


def _check_verified(act: Act) -> None:
    if not act.core.did("InvestigationRecorded"):
        raise NotVerifiedYet
    looked_into_at = act.state.investigated_at
    if looked_into_at is not None and act.at.timestamp() < looked_into_at:
        raise BeforeWhatItAnswers("/at", about=("investigated",))


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "answer-media", AnswerMedia, MediaAnswered, answer_media,
        who=(ACCEPTING,),
        refused=(NothingOwed, NotVerifiedYet, BeforeWhatItAnswers),
        effect="only `final` ends it",
    ),
)  # fmt: skip
