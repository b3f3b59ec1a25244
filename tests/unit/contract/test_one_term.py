"""One term for one thing: what has another term is said nowhere that people read (docs/reference/glossary.md)."""

import re
from collections.abc import Iterator

import pytest

from services.console.register.columns import COLUMNS
from services.console.register.wording import CLOCKS, OF_COLUMN
from services.notify.letters import readers, words
from shared.case.duty_kinds import KINDS
from shared.contract.channels import CHANNELS
from shared.contract.message_kinds import MESSAGES
from shared.contract.refusal_words import LANGUAGES, read, table
from shared.contract.words import BODIES, CODES, POSTS_CALLED
from tests.support.documents import tracked
from tests.support.paths import GOLDEN

INSTEAD = {
    "已受理": "已登记 of a mere receipt",
    "接收": "登记, 受理, 接办: who does it says which",
    "完成": "办理, 办结",
    "处理人": "承办人",
    r"(?<!首问)(?<!相关)责任人": "承办人",
    "逾期": "超时限",
    "过期": "超时限",
    "超期": "超时限",
    "职责免除": "免办",
    "职责已免除": "免办",
    "上报通知": "升级通知",
    "调查结果": "核实情况",
    "取消": "撤回",
    "关闭": "结案",
    "拒绝受理": "不作为投诉办理",
    "不予受理": "不作为投诉办理",
    "操作失败": "what is missing, and what to do",
    "当场处理": "当场解决",
    "回复客户": "答复客户",
}
"""What is said nowhere, with what is said instead."""
FORBIDDEN = re.compile("|".join(INSTEAD))
OFFERED = "方案"
"""What a customer is offered he accepts (接受); a complaint, a case or a request is registered, accepted, taken on."""
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]")
"""Half-width punctuation beside a Chinese character."""


def said() -> Iterator[tuple[str, str]]:
    """Every Chinese text that people read, with where it stands."""
    pages = tracked()
    for name, text in pages.items():
        if name.startswith("services/notify/letters/templates/") and name.endswith(".zh.j2"):
            yield name, re.sub(r"\{%.*?%\}", "", text.partition("---\n")[2].partition("---\n")[2], flags=re.S)
    yield from (("the glossary", cell) for cell in glossary())
    for section in ("refusals", "about", "faults", "things", "acts"):
        for name, row in table(section).items():
            yield from ((f"{section} {name}", row[key]) for key in ("zh", "says") if row.get(key))
    for what, found in {"code": CODES, "post": POSTS_CALLED, "body": BODIES}.items():
        yield from ((f"{what} {code}", zh) for code, (zh, _) in found.items())
    yield from ((f"column {column.key}", column.zh) for column in COLUMNS)
    for key, codes in {**OF_COLUMN, "clock": CLOCKS}.items():
        yield from ((f"{key} {code}", zh) for code, (zh, _) in codes.items())
    yield from ((f"duty {kind}", duty.zh) for kind, duty in KINDS.items())
    yield from ((f"channel {code}", channel.zh) for code, channel in CHANNELS.items())
    yield from ((f"letter {kind}", called.zh) for kind, called in MESSAGES.items())
    for module in (words, readers):
        for name, found in vars(module).items():
            if name.isupper() and isinstance(found, dict) and "zh" in found:
                yield from ((f"{name} {code}", text) for code, text in flat(found["zh"]))


def flat(found: object) -> Iterator[tuple[str, str]]:
    """The texts of a table, or a text alone."""
    if isinstance(found, dict):
        yield from ((code, text) for code, text in found.items() if isinstance(text, str))
    elif isinstance(found, str):
        yield "", found


def forbidden(text: str) -> bool:
    """Whether a text says what has another term."""
    return bool(FORBIDDEN.search(text)) or ("接受" in text and OFFERED not in text)


def glossary() -> list[str]:
    """The Chinese words of the glossary."""
    tables, _, _ = tracked()["docs/reference/glossary.md"].partition("## The mechanism")
    return [line.split("|")[1].strip() for line in tables.splitlines() if line.startswith("| ")]


def test_no_text_says_what_has_another_term() -> None:
    """Templates, refusals, codes in words, headers, duties, letters, and the glossary itself."""
    texts = list(said())

    assert len(texts) > 600
    assert [] == [f"{where}: {text}" for where, text in texts if forbidden(text)]


def test_no_sentence_of_a_timeline_does() -> None:
    """As golden copies have them, one for every event."""
    lines = (GOLDEN / "sentences" / "zh.txt").read_text(encoding="utf-8").splitlines()

    assert [] == [line for line in lines if forbidden(line) or HALF_WIDTH.search(line.partition(": ")[2])]


def test_chinese_texts_have_full_width_punctuation() -> None:
    """Beside a Chinese character; a half-width one belongs to Latin text alone."""
    assert [] == [f"{where}: {text}" for where, text in said() if HALF_WIDTH.search(text)]


@pytest.mark.parametrize("post", sorted(POSTS_CALLED.keys() - {"superior_unit", "receptionist", "unit_head"}))
def test_the_glossary_calls_a_post_as_everybody_else_does(post: str) -> None:
    """One name each."""
    rows = [line for line in tracked()["docs/reference/glossary.md"].splitlines() if f"`{post}`" in line]

    assert any(POSTS_CALLED[post][0] in row for row in rows)


def test_every_refusal_has_both_languages() -> None:
    """A row without its Chinese would answer in English."""
    assert {"en", "zh"} == set(LANGUAGES)
    assert [] == [name for name, row in read()["refusals"].items() if not (row.get("en") and row.get("zh"))]
