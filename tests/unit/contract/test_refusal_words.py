"""Every refusal has a title and a sentence in Chinese and in English, read as whoever gets it would."""

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from services.casework.bad_state import AskedAlready
from services.casework.decisions import COMMANDS
from shared.case.duty_kinds import KINDS
from shared.case.refusal_sentences import called, refused_act, told
from shared.contract import refusal_words
from shared.contract.refusal_words import LANGUAGES, language_of, table, words_of
from shared.errors import RedressError, Said
from tests.support.paths import ROOT

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”][,;:!?()]|[,;:!?()][\u4e00-\u9fff“]")
FIGURE = re.compile(r"\{\w+\}")
CODE = re.compile(r"\b[a-z]+(?:[_-][a-z]+)+\b")


def below(kind: type[RedressError]) -> Iterator[type[RedressError]]:
    """The kind and all its kinds."""
    yield kind
    for sub in kind.__subclasses__():
        yield from below(sub)


def every_error() -> list[type[RedressError]]:
    """All errors of Redress, once every module is imported."""
    for room in ("services", "shared", "ops"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if path.stem == "__main__":
                continue
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            importlib.import_module(module)
    found = {one for one in below(RedressError) if one.__module__.startswith(("services", "shared", "ops"))}
    return sorted(found - {RedressError}, key=lambda one: (one.code, one.__name__))


ERRORS = every_error()


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: f"{kind.code}-{kind.__name__}")
def test_every_refusal_has_words_in_both_languages(kind: type[RedressError]) -> None:
    """Its own, not those of another code."""
    row = words_of(kind, kind.code)

    assert kind.code in {name.split("/")[0] for name, one in table("refusals").items() if one is row}
    assert row["en"]
    assert row["zh"]
    assert row["says"]
    assert (kind.__doc__ or "").strip().endswith(".")


def test_two_refusals_of_one_code_share_a_chinese_sentence_only_where_they_share_the_english() -> None:
    """Else one of them would say what the other means."""
    said: dict[str, set[str]] = defaultdict(set)
    for kind in ERRORS:
        said[words_of(kind, kind.code)["says"]].add(" ".join((kind.__doc__ or "").split()))
    alike = {"没有这件投诉：请核对编号。", "机构文件中没有这个单位：请更正单位代号。"}

    assert {} == {zh: en for zh, en in said.items() if len(en) > 1 and zh not in alike}


def test_no_row_is_left_of_a_refusal_that_is_gone() -> None:
    """A row that nobody can get is no word of ours."""
    used = {id(words_of(kind, kind.code)) for kind in ERRORS}

    assert [] == [name for name, row in table("refusals").items() if id(row) not in used]


def chinese() -> Iterator[tuple[str, str]]:
    """Every Chinese text of the table with its place."""
    for section in ("refusals", "about", "faults", "things", "acts"):
        for name, row in table(section).items():
            yield from ((f"{section}/{name}/{key}", text) for key, text in row.items() if key != "en")


@pytest.mark.parametrize(("place", "text"), [*chinese()], ids=lambda one: one[:40])
def test_chinese_is_punctuated_as_chinese_and_names_no_code(place: str, text: str) -> None:
    """Full-width signs, a full stop at the end of a sentence, and no word that only a program knows."""
    inner = {*COMMANDS, *KINDS, *(kind.code for kind in ERRORS)}

    assert not HALF_WIDTH.search(text)
    assert [] == [word for word in CODE.findall(FIGURE.sub("", text)) if word in inner or "_" in word]
    if place.endswith("/says") or place.startswith("about/"):
        assert text.endswith("。")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_the_way_is_named_in_words(language: refusal_words.Language) -> None:
    """Kinds of duties, missing elements, other refusals, levels."""
    for kind in ERRORS:
        if kind.code in table("about"):
            error = RedressError.__new__(kind)
            RedressError.__init__(error)
            sentence = told(error, ("reply_customer", "findings", "case_ended", "hard"), language)
            assert not any(code in sentence for code in ("reply_customer", "case_ended", "{"))


def test_every_command_has_words_for_the_timeline_of_what_was_refused() -> None:
    """And no act has any that there is not."""
    assert COMMANDS.keys() == table("acts").keys()


def test_a_refused_act_is_told_without_any_id() -> None:
    """The answer names the request that waits; whoever reads the timeline finds it there."""
    id_ = "3e3c8d9a-8a79-5b2a-9f6d-5d9b8b3b4c03"

    assert "林芳未能作出处理决定：已在申请中。" == refused_act("林芳", "decide", "asked_already", (id_,), "zh")
    assert id_ in told(AskedAlready(about=(id_,)), (id_,), "en")


def test_a_refused_act_is_told_without_any_code() -> None:
    """Whatever was refused, for whatever reason, with whatever stood in the way."""
    found = refused_act("林芳", "close", "duties_open", ("reply_customer",), "zh")
    assert f"林芳未能结案：还有事项未办（{called('reply_customer', 'zh')}）。" == found
    for kind in ERRORS:
        for command in (*COMMANDS, None):
            said = refused_act("林芳", command, kind.code, (), "zh")
            assert not CODE.search(said)
            assert not HALF_WIDTH.search(said)


def test_open_duties_are_counted_and_named() -> None:
    """As the desk reads it."""
    kind = next(kind for kind in ERRORS if kind.code == "duties_open")

    assert f"还有2项未办（{called('reply_customer', 'zh')}、{called('track_result', 'zh')}）：请先办理。" == told(
        kind(), ("reply_customer", "track_result"), "zh"
    )


def test_what_is_said_with_figures_has_them_in_both_languages() -> None:
    """And a list is joined as each language joins."""
    said = refusal_words.fault("one_of", name="state", expected=("a", "b"))

    assert Said("state is one of a, b.", "参数“state”只能是a、b。") == said


@pytest.mark.parametrize("name", table("faults"))
def test_a_fault_has_the_same_figures_in_both_languages(name: str) -> None:
    """No figure is lost to one reader."""
    en, zh = (set(re.findall(r"\{(\w+)\}", table("faults")[name][language])) for language in LANGUAGES)

    assert en == zh


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh, en", "zh"),
        ("en, zh", "en"),
        ("en;q=0.5, zh;q=0.7", "zh"),
        ("fr, zh;q=0.1", "zh"),
        ("fr", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("*, en;q=0", "zh"),
        ("zh;q=nan", "en"),
        ("zh;q=x," * 500, "en"),
        ("ZH-Hans", "zh"),
    ],
)
def test_the_language_is_the_one_the_reader_prefers(header: str | None, language: str) -> None:
    """Of the two that there are; English where neither is asked for."""
    assert language == language_of(header)
