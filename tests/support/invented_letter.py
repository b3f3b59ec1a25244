"""An invented kind of letter at work in a copy of the house: run as a module, it prints what becomes of it."""

import json
import sys
from typing import Any

from ops.local.reference import EXAMPLE_ORGANISATION, TEMPLATES
from ops.previews.letters import preview
from services.notify.letters.kinds import KINDS
from services.notify.letters.template import parse_template, render
from shared.case.sentences import tell
from shared.contract.events.ending import CaseReopened
from shared.errors import BadReference
from tests.support.facts import event, names
from tests.support.letter_case import NEXT_DAY, LetterCase, content_about, noes, sealed, told


def seen(kind: str) -> dict[str, Any]:
    """Reopen a case, and tell which letters that calls for and how the kind's is written in both languages."""
    reopened = CaseReopened(ground=sealed("ground"), received_at=NEXT_DAY)
    texts = {lang: (TEMPLATES / f"{kind}.{lang}.j2").read_text(encoding="utf-8") for lang in ("zh", "en")}
    case = LetterCase(language="en")
    letter = next(one for one in case.when(reopened) if one.kind == kind)
    content = content_about(case, letter)
    return {
        "told": told(LetterCase().when(reopened)),
        "at_night": noes(LetterCase().when(reopened, NEXT_DAY.replace(hour=22))),
        "letter": render(parse_template(texts["en"]), content),
        "preview": preview(kind, "zh", EXAMPLE_ORGANISATION),
        "refused": [refusal(texts["zh"].replace(field, "bank_name")) for field in KINDS[kind].must_say],
        "discipline": refusal(texts["zh"] + "{{ treatment_of_persons }}"),
        "sentences": list(tell(event(letter), names()).values()),
    }


def refusal(text: str) -> str:
    """Why a template is not taken; nothing if it is."""
    try:
        parse_template(text)
    except BadReference as error:
        return str(error)
    return ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seen(sys.argv[1])))
