"""Addressees are whom declarations of letters name as readers; who each is on a case, addressing finds. Pure."""

from enum import Enum


class Addressee(Enum):
    """Says who gets a letter; the value tells it on the reference page."""

    CUSTOMER = "the customer; of a joint complaint each representative who can be written to"
    PROXY = "who speaks for the customer, whatever is proved"
    HANDLER = "the handler"
    IN_CHARGE = "the handler, or the accepting person while there is none"
    ACCEPTING_PERSON = "the accepting person"
    PERSON_ABOVE = "the person above, whom the case was escalated to"
    DEBTOR = "who owes the duty; whoever holds the post, where nobody was named"
    CLAIMED_SETTLER = "of whom the receipt claims that he settled the matter, until it is confirmed or denied"
    FORMER_HANDLERS = "everybody who was told that it is theirs and whose it is not any more"
    AGENT = "the agent, if there is one"
    WORKING = "while the case is open: the handler, or the accepting person while there is none, and the agent"
    REOPENING = "once the case has ended: the accepting person, who may take it up again"
    WARNED = (
        "where a scanner found something: the handler, or the accepting person while there is none or once the case "
        "has ended, and the agent"
    )
    RELIEVED = "whoever owed what the fact lets go"
    APPROVER = "who is asked first for the approval"
    ASKED = "who owes what the fact asks for"
    ASKER = "who asked for the approval"
    REVIEWER = "who owes the review that the fact opens"
    PRESIDENT_OFFICE = (
        "of a major case: the president's office of the complained unit or above it, else the office above"
    )
    ALARMED = "the unit above the one where nobody was found, or a further one: its office, else its mailbox"
    OFFICE_ABOVE = "the office of the unit above the complained one"
    NEXT_LEVEL = "the level that gets it: whoever holds its post; at the end of the way down the handler"
    DOER = "who did it, to sign and send it"
    FORMER_DEBTORS = (
        "everybody else who owed something that it takes from him undone, and is told so by no other letter about it"
    )
    NEW_DEBTORS = "everybody else who owes something by it, and is told so by no other letter about it"
    OVERSEERS = (
        "the accepting person, and the next above on the ladder of who owes the duty, unless the case goes up there "
        "for this silence; never who owes it himself"
    )
    BOX_KEEPERS = "the head of operations where the box hangs, or of the nearest unit above, and who heads the unit"
    COPIES = "the units and people in `copy_to`"
