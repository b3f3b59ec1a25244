"""The kinds of letters: who reads one, what it must say, what it may know, which duty it ends. Pure.

What a letter must say stands here and not in its template, so that nobody can publish one that leaves it out.
"""

from dataclasses import dataclass

ALWAYS = frozenset(
    {
        "case_number", "bank_name", "channel", "received_on", "sent_on", "accepting_unit", "accepting_name",
        "accepting_phone", "complained_unit", "handler_name", "handler_unit", "reason", "complaint_class",
        "due_on", "target_on", "closing", "days_left",
    }
)  # fmt: skip
"""What every letter may know of its case."""
DISCIPLINE = frozenset({"treatment_of_persons", "persons_responsible", "lessons_and_measures", "measures", "fault"})
"""What never stands in a letter to a customer: how staff is treated is the bank's own affair (rules: two-documents)."""
SIX_ELEMENTS = frozenset(
    {
        "cause_and_findings", "treatment_of_persons", "lessons_and_measures", "satisfaction", "handled_on",
        "handler_and_phone",
    }
)  # fmt: skip
"""What a report upward has to say (article 4)."""


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter.

    ``must_say``: the facts it cannot do without (order 2020 no. 3, art. 19; articles 2 and 4). ``own``: what it may
    know besides ``ALWAYS``. ``quotes``: those of its facts that a person typed, which the sender opens for this kind
    and no other. ``on_paper``: it is printed where there is no e-mail. ``ends``: the kind of duty that it ends when it
    was sent by e-mail.
    """

    to_customer: bool
    must_say: frozenset[str]
    own: frozenset[str] = frozenset()
    quotes: frozenset[str] = frozenset()
    on_paper: bool = False
    ends: str | None = None

    @property
    def facts(self) -> frozenset[str]:
        """Every fact its template may use."""
        return ALWAYS | self.own | self.quotes | (frozenset() if self.to_customer else {"recipient_name"})


def _kind(
    must_say: str, own: str = "", quotes: str = "", *, customer: bool = False, on_paper: bool = False,
    ends: str | None = None,
) -> LetterKind:  # fmt: skip
    """The kind of these words; every letter names its case."""
    return LetterKind(
        to_customer=customer,
        must_say=frozenset(f"case_number {must_say}".split()),
        own=frozenset(own.split()),
        quotes=frozenset((f"customer_name {quotes}" if customer else quotes).split()),
        on_paper=on_paper,
        ends=ends,
    )


SIX = " ".join(sorted(SIX_ELEMENTS))
KINDS: dict[str, LetterKind] = {
    "acknowledgement": _kind("received_on accepting_unit", customer=True, ends="acknowledge_customer"),
    "decision_notice": _kind(
        "outcome findings grounds decision remedies_open", "outcome remedies_offered remedies_open",
        "findings grounds decision", customer=True, on_paper=True, ends="reply_customer",
    ),
    "settlement_notice": _kind(
        "findings agreed remedies_open", "remedies_offered remedies_open", "findings agreed",
        customer=True, on_paper=True,
    ),
    "not_accepted_notice": _kind(
        "ground signpost", "ground", "signpost", customer=True, on_paper=True, ends="reply_customer"
    ),
    "closing_note": _kind("accepting_unit", customer=True),
    "written_notice": _kind(
        "received_on complained_unit narrative", "settled", "narrative request", ends="deliver_written_notice"
    ),
    "escalation_notice": _kind(
        "received_on complained_unit narrative", "takes_over", "narrative request", ends="deliver_written_notice"
    ),
    "handover_cancelled": _kind("handler_name"),
    "warning_chaser": _kind("due_on"),
    "target_chaser": _kind("target_on due_on"),
    "breach_notice": _kind("due_on", "explain"),
    "duty_chaser": _kind("duty due_on", "duty"),
    "result_report": _kind(
        SIX, "satisfaction handled_on copies",
        "cause_and_findings treatment_of_persons lessons_and_measures handler_and_phone no_copy_reason",
    ),
}  # fmt: skip
"""Every kind that has a template. ``withdrawal_confirmation`` and ``explanation_chaser`` are never written."""
