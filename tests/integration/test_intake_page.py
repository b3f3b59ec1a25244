"""The examples of docs/reference/http-intake.md, run from top to bottom as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from tests.support.intake_in_process import JSON, client, headers, open_house
from tests.support.paths import REFERENCE

PAGE = REFERENCE / "http-intake.md"
BLOCK = re.compile(r"```console\n\$ (.*?)\n(\{[^\n]*\})\n```", re.S)
FIELD = re.compile(r'-F "?(\w+)=([^;"\s]+)')
UNFORESEEABLE = {"log", "sha256"}
"""Where the log stood, and what a random key made of the file."""


def foreseeable(answer: dict[str, Any]) -> dict[str, Any]:
    """What of an answer is the same in every installation."""
    return {name: value for name, value in answer.items() if name not in UNFORESEEABLE}


async def run(caller: httpx.AsyncClient, command: str) -> httpx.Response:
    """Do what a curl command would do."""
    path = re.search(r"http://127\.0\.0\.1:8101(\S+)", command)
    key = re.search(r'Idempotency-Key: ([^"]+)"', command)
    assert path is not None
    assert key is not None
    sent = headers(key[1])
    if "--json '" in command:
        body = command.split("--json '", 1)[1].rstrip("'").encode()
        return await caller.post(path[1], content=body, headers=JSON | sent)
    fields = dict(FIELD.findall(command))
    file = {"file": (fields.pop("file").removeprefix("@"), b"what was said", "audio/wav")}
    return await caller.post(path[1], files=file, data=fields, headers=sent)


async def test_every_example_of_the_page_gives_the_answer_it_shows(tmp_path: Path) -> None:
    """Ids, numbers, times and words; only the place in the log and the sealed file's hash are another's."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    async with open_house(tmp_path) as house, client(await house.intake()) as caller:
        answers = [(await run(caller, command)).json() for command, _ in blocks]

    assert 4 == len(blocks)
    assert [foreseeable(json.loads(shown)) for _, shown in blocks] == [foreseeable(answer) for answer in answers]
    assert [set(json.loads(shown)) for _, shown in blocks] == [set(answer) for answer in answers]
