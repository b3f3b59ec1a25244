"""Whoever gets a case to work on reads the same of it, on whatever paper: no paper forgets what another one got."""

import pytest

from services.notify.letters.kinds import KINDS
from tests.support.letter_templates import TEMPLATES

TO_WORK_ON = ("written_notice", "supervision_form", "dispatch_slip", "escalation_notice")
"""The papers by which somebody gets a case to work on, or to see through."""
OF_THE_MATTER = {
    "narrative", "request", "said_again", "complainant", "complainant_phone", "identity_checked", "represented",
    "speaks_as", "proxy_name", "proxy_phone", "authority", "representatives", "contact_wish", "interpreter",
    "interpreted", "recording", "visitors", "face_to_face", "persons", "described", "to_identify", "incident_on",
    "amount", "repeated", "repeat_times", "former_number", "transferred_by", "transfer_number", "transfer_due_on",
    "files",
}  # fmt: skip
"""What each may say of who complains, of whom and what."""

NOT_ON = {"supervision_form": {"recording", "identity_checked", "to_identify"}}
"""What a visitor's paper does not say: what is of calls, and what it asks for beside each description."""


@pytest.mark.parametrize("name", TO_WORK_ON)
def test_each_paper_knows_all_of_the_receipt(name: str) -> None:
    """What the written notice tells, the others tell too."""
    assert set() == OF_THE_MATTER - KINDS[name].fields.keys()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", TO_WORK_ON)
def test_each_template_says_all_of_it(name: str, language: str) -> None:
    """A field that no word of the template asks for tells nobody anything."""
    said = (TEMPLATES / f"{name}.{language}.j2").read_text(encoding="utf-8")

    assert NOT_ON.get(name, set()) == {field for field in OF_THE_MATTER if field not in said}
