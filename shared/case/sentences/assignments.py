"""What a timeline says of work that others are given beside the case."""

from shared.case.sentences.acts import did
from shared.case.sentences.telling import Sentences, Telling
from shared.contract.events.stored import assignments as facts

ADOPTED = {
    "zh": {"yes": "采纳", "partly": "部分采纳", "no": "不采纳"},
    "en": {"yes": "it is adopted", "partly": "it is adopted in part", "no": "it is not adopted"},
}


def _adopted(t: Telling[facts.SuggestionAnsweredData]) -> str:
    said = ADOPTED[t.language][t.data["adopted"]]
    return f"答复了报送的建议：{said}" if t.zh else f"answered the suggestion: {said}"


SENTENCES: Sentences = {
    "AssistanceRequested": did(
        lambda t: f"请{t.at(t.data['asked'])}协办，答复期限{t.day(t.data['answer_by'])}",
        lambda t: f"asked {t.at(t.data['asked'])} for assistance by {t.day(t.data['answer_by'])}",
    ),
    "AssistanceGiven": did(lambda t: "答复了协办事项", lambda t: "answered the request for assistance"),
    "CorrectiveActionOpened": did(
        lambda t: f"确定了一项整改任务，由{t.person(t.data['owner'])}于{t.day(t.data['due_on'])}前落实",
        lambda t: f"asked {t.person(t.data['owner'])} to have something mended by {t.day(t.data['due_on'])}",
    ),
    "CorrectiveActionCompleted": did(
        lambda t: "落实了一项整改任务", lambda t: "reported that what was to be mended is mended"
    ),
    "SuggestionPassedUp": did(
        lambda t: f"向{t.unit(t.data['unit'])}报送了一项建议",
        lambda t: f"passed a suggestion up to {t.unit(t.data['unit'])}",
    ),
    "SuggestionAnswered": did(_adopted, _adopted),
}
