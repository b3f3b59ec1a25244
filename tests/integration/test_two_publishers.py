"""Two people who publish organisation files at once: whoever comes second is compared with the first, and is told."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.local import reference
from ops.local.open_cases import OpenCases
from ops.local.published_reference import published_documents
from ops.local.reading import HowFar
from ops.local.reference import EXAMPLE_ORGANISATION, FROM_THE_BEGINNING, Published, ReferenceFile, publish_defaults
from shared.bank.reference import BANK, ORGANISATION, version_of
from shared.errors import BadReference
from shared.process.settings import Settings
from tests.support.broker import FreshTopics

pytestmark = pytest.mark.kafka
TEXT = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")
FIRST = version_of(TEXT)
Write = Callable[[str], ReferenceFile]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes an organisation file of a text."""

    def made(text: str) -> ReferenceFile:
        file = tmp_path / f"{version_of(text)}.yaml"
        file.write_text(text, encoding="utf-8")
        return ReferenceFile(ORGANISATION, BANK, file)

    return made


async def publish(settings: Settings, file: ReferenceFile, who: str, instead_of: str | None = None) -> Published:
    """One of them publishes a file."""
    (done,) = await reference.publish(settings, [file], FROM_THE_BEGINNING, who, "a change", instead_of=instead_of)
    return done


async def test_of_two_at_the_same_moment_the_second_is_told_of_the_first(
    fresh_topics: FreshTopics, tmp_path: Path, write: Write
) -> None:
    """Neither is lost, and nobody believes that he has taken the place of what the other replaced."""
    settings = await fresh_topics(data=tmp_path)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    done = await asyncio.gather(*(publish(settings, write(f"{TEXT}# {who}\n"), who) for who in ("first", "second")))
    lie = [one for one in await published_documents(settings) if one.kind == ORGANISATION]
    stood = {one.document.version: one.instead_of.version for one in done if one.instead_of}

    assert [FIRST, *(one.version for one in lie[1:])] == [one.version for one in lie]
    assert {lie[1].version: FIRST, lie[2].version: lie[1].version} == stood


async def test_what_is_published_while_the_open_cases_are_looked_through_is_compared_with(
    fresh_topics: FreshTopics, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes minutes on a long log: the other file may drop what this one needs, or the other way round."""
    settings = await fresh_topics(data=tmp_path)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    looks: list[Published] = []

    async def looked_through(settings: Settings, told: HowFar) -> OpenCases:
        if not looks:
            looks.append(await publish(settings, write(f"{TEXT}# other\n"), "other"))
        else:
            looks.append(looks[0])
        return OpenCases([], [])

    monkeypatch.setattr(reference, "open_cases", looked_through)
    done = await publish(settings, write(TEXT.replace("luo.tian", "luo.tian2")), "mine")

    assert 2 == len(looks)
    assert (looks[0].document, True) == (done.instead_of, done.compared)


async def test_a_file_that_was_made_from_another_version_is_refused(
    fresh_topics: FreshTopics, tmp_path: Path, write: Write
) -> None:
    """Whoever names the version that he changed takes nothing back that somebody else changed since."""
    settings = await fresh_topics(data=tmp_path)
    await publish_defaults(settings, EXAMPLE_ORGANISATION)
    other = await publish(settings, write(f"{TEXT}# other\n"), "other", FIRST)

    with pytest.raises(BadReference, match=rf"but version {other.document.version} of .* by other: a change\."):
        await publish(settings, write(f"{TEXT}# mine\n"), "mine", FIRST)
    assert 2 == sum(one.kind == ORGANISATION for one in await published_documents(settings))
