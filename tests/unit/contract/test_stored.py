"""What the type checker knows of stored events is what the catalogue says of them, and everybody reads by it."""

import re
from pathlib import Path

import pytest

from ops.previews import build_stored_events
from shared.contract.events import CATALOGUE
from tests.support.paths import ROOT

BARE = re.compile(r"\.data\[|\.data\.get\(")


def test_the_types_of_stored_data_are_what_the_catalogue_makes_them() -> None:
    """After a change of an event: ``python -m ops.previews.build_stored_events``."""
    written = {file.name: file.read_text(encoding="utf-8") for file in build_stored_events.FOLDER.glob("[a-z]*.py")}

    assert build_stored_events.texts() == written


def test_every_event_has_a_type_of_its_stored_data() -> None:
    """None is left out."""
    text = "".join(build_stored_events.texts().values())

    assert [] == [name for name in CATALOGUE if f"class {name}Data(" not in text]


def test_a_kind_of_field_that_was_never_stored_is_not_guessed() -> None:
    """The generator asks instead."""
    with pytest.raises(TypeError, match="how is <class 'complex'> stored"):
        build_stored_events._json(complex, set(), {})


FOLDS = (
    "shared/case/*.py",
    "shared/case/folding/*.py",
    "services/*/state.py",
    "services/*/folding.py",
    "services/*/decisions.py",
    "services/casework/http/outcomes.py",
    "services/console/projection/*.py",
)


@pytest.mark.parametrize("file", sorted(f for p in FOLDS for f in ROOT.glob(p)), ids=lambda f: str(f.relative_to(ROOT)))
def test_no_fold_and_no_decision_reads_an_event_by_bare_names(file: Path) -> None:
    """``data: CaseRoutedData = event.data`` says what stands there, and a mistyped field does not pass."""
    assert [] == [line for line in file.read_text(encoding="utf-8").splitlines() if BARE.search(line)]
