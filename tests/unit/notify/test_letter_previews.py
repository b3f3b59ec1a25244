"""``redress letter preview``: every kind of letter with invented facts, as the services themselves would write it."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from ops.cli.main import app
from ops.local.reference import EXAMPLE_ORGANISATION
from ops.previews.letters import on_paper, preview
from services.notify.letters.kinds import KINDS
from shared.errors import BadReference

PRINTABLE = sorted(name for name, kind in KINDS.items() if kind.on_paper)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_letter_can_be_looked_at(kind: str, language: str) -> None:
    """Nothing of it is left open."""
    letter = preview(kind, language, EXAMPLE_ORGANISATION)

    assert KINDS[kind].of_box or "20260305-0000000001-1" in "".join(letter)
    assert "None" not in "".join(letter)
    assert {"zh": "东侨支行", "en": "Dongqiao"}[language] in letter.body


@pytest.mark.parametrize("kind", PRINTABLE)
def test_a_printable_letter_can_be_looked_at_on_paper(kind: str) -> None:
    """As the print room gets it, with the customer's address."""
    page = PdfReader(BytesIO(on_paper(kind, "zh", EXAMPLE_ORGANISATION))).pages[0].extract_text()

    assert "示例市示例区示例路" in page
    assert f"第 1 页 共 {2 if kind == 'corrected_decision' else 1} 页" in page


def test_what_cannot_be_shown_says_why(tmp_path: Path) -> None:
    """An unknown kind, one that is never printed, an organisation under which it would not be sent."""
    with pytest.raises(BadReference, match="no letter of the kind 'love_letter'; known: acknowledgement"):
        preview("love_letter", "zh", EXAMPLE_ORGANISATION)
    with pytest.raises(BadReference, match="never printed; these are: authority_check, authority_refused, "):
        on_paper("acknowledgement", "zh", EXAMPLE_ORGANISATION)
    silent = tmp_path / "organisation.yaml"
    text = EXAMPLE_ORGANISATION.read_text(encoding="utf-8").replace("email: luo.tian@bank.example, ", "")
    silent.write_text(text, encoding="utf-8")
    with pytest.raises(BadReference, match="'written_notice' would be sent: no_email"):
        preview("written_notice", "zh", silent)


def test_the_command_prints_the_letter_or_writes_the_pdf(tmp_path: Path) -> None:
    """Exit code 2 where something is asked for that there is not."""
    runner, pdf = CliRunner(), tmp_path / "letter.pdf"
    shown = runner.invoke(app, ["letter", "preview", "closing_note", "--language", "en"])
    written = runner.invoke(app, ["letter", "preview", "decision_notice", "--pdf", str(pdf)])

    assert shown.stdout.startswith("Your complaint 20260305-0000000001-1 is closed\n\nDear J. Doe,")
    assert (0, f"{pdf}\n") == (written.exit_code, written.stdout.replace("\n", "", written.stdout.count("\n") - 1))
    assert pdf.read_bytes().startswith(b"%PDF")
    assert 2 == runner.invoke(app, ["letter", "preview", "closing_note", "--language", "fr"]).exit_code
    assert 2 == runner.invoke(app, ["letter", "preview", "love_letter"]).exit_code
