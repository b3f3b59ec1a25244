"""Tells a refusal that names what stands in the way: kinds of duties, missing elements, other refusals. Pure."""

import re
from collections.abc import Sequence

from shared.case.duty_kinds import KINDS
from shared.contract.refusal_words import Language, sentence_about, table
from shared.errors import RedressError

AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What `about` names by its id, such as a request that waits, stands in the answer and in no sentence."""


def called(name: str, language: Language) -> str:
    """What `about` names, in words."""
    if (kind := KINDS.get(name)) is not None:
        return kind.zh if language == "zh" else kind.en
    row = table("things").get(name) or table("acts").get(name) or table("refusals").get(name)
    return row[language] if row else name


def refused_act(who: str, command: str | None, code: str, about: Sequence[str], language: Language) -> str:
    """Who was refused what and why, as the timeline tells it: no code in it, nor anything that was typed."""
    act = table("acts").get(command or "")
    why = table("refusals").get(code, table("refusals")["refused"])[language]
    named = [called(one, language) for one in about if not AN_ID.fullmatch(one)]
    if language == "zh":
        ground = f"{why}（{'、'.join(named)}）" if named else why
        return f"{who}未能{act['zh']}：{ground}。" if act else f"{who}的一项操作未能办理：{ground}。"
    ground = f"{why[0].lower()}{why[1:]}" + (f" ({', '.join(named)})" if named else "")
    return f"{who} could not do this, {act['en']}: {ground}." if act else f"An act of {who} was refused: {ground}."


def told(error: RedressError, about: Sequence[str], language: Language) -> str:
    """The sentence of a refusal, with what stands in the way."""
    return sentence_about(error, about, language, called)
