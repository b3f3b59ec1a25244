"""These commands look at a case a second time: the decision is revised, reviewed from above, the case flagged major."""

from services.casework.act import Act
from services.casework.bad_state import FlaggedAlready, NothingOwed
from services.casework.commands.declaration import Body, Declaration
from services.casework.refusals import NotEntitled
from services.casework.sides import ACCEPTING, HANDLER, REVIEWER
from shared.case.second_looks import REVIEW
from shared.contract.bodies import Text
from shared.contract.events.casework import DissatisfactionReviewed, ReviewOutcome
from shared.contract.events.second_looks import MajorFlagged, MajorGround
from shared.contract.tenses import Ahead
from shared.kernel.service import Fact


class ReviewDissatisfaction(Body):
    """Say whether an outcome stands that the customer is dissatisfied with, or has to be revised."""

    outcome: ReviewOutcome
    words: Text


def review_dissatisfaction(act: Act) -> Fact:
    """Somebody above the handler looks at the outcome again; never the handler, his agent or who decided.

    Raises:
        NothingOwed, NotEntitled
    """
    duties = act.discharges_all(DissatisfactionReviewed)
    if not duties:
        raise NothingOwed(about=(REVIEW,))
    handler = act.core.handler
    if act.person in (handler.person if handler else None, act.core.agent, *act.core.looks.deciders):
        raise NotEntitled
    return act.fact(DissatisfactionReviewed, duties, **act.said("outcome", "words"))


class FlagMajor(Body):
    """Flag the complaint as a major one, and say what has happened; `next_report_at`: when to report again."""

    ground: MajorGround
    words: Text
    next_report_at: Ahead | None = None


def flag_major(act: Act) -> Fact:
    """The complaint is major: it is routed again, and the president's office is told at once. Raises FlaggedAlready."""
    if act.core.looks.major:
        raise FlaggedAlready
    return act.fact(MajorFlagged, **act.said("ground", "words", "next_report_at"))


COMMANDS: tuple[Declaration[Act], ...] = (
    Declaration(
        "review-dissatisfaction", ReviewDissatisfaction, DissatisfactionReviewed, review_dissatisfaction,
        who=(REVIEWER,),
        while_owed=REVIEW,
        not_before=("decided_at", "replied_at"),
        refused=(NothingOwed, NotEntitled),
        effect="`to_be_revised` bars closing until the decision is revised; never by the handler, his agent or who "
        "decided",
    ),
    Declaration(
        "flag-major", FlagMajor, MajorFlagged, flag_major,
        who=(ACCEPTING, HANDLER),
        refused=(FlaggedAlready,),
        effect="its level is `major`; it is routed again, to somebody from deputy president up; the limit stays",
    ),
)  # fmt: skip
