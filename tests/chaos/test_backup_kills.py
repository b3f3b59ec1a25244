"""A backup or a restore that is killed at any step goes on when it is started again, and ends as if it never was."""

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ops.local import broker as brokers
from ops.local import installation
from shared.contract.envelope import outgoing
from shared.contract.records import HEADER_TYPE, Outgoing
from shared.contract.topics import COMMANDS, DEAD_LETTERS, EVENTS, INBOX
from shared.log.kafka_log import KafkaLog
from shared.log.raw_topic import RawTopic
from shared.process.bombs import EXIT_CODE
from shared.process.settings import Settings
from shared.sealing.stores import open_documents, open_vault
from shared.sealing.vault import KeyDestroyed
from tests.support.broker import FreshTopics, free_ports
from tests.support.facts import event, receipt
from tests.support.installation import redress

pytestmark = [pytest.mark.kafka, pytest.mark.chaos, pytest.mark.timeout(400), pytest.mark.long]
CASES = [str(UUID(int=number, version=5)) for number in range(1, 41)]
ERASED_BEFORE, ERASED_SINCE = CASES[3], CASES[7]
TOPICS = (EVENTS, COMMANDS, DEAD_LETTERS, INBOX)
BACKUP_DEATHS = ("backup_part:1", "backup_part:3", "backup_log:1", "backup_documents:1", "backup_whole:1")
RESTORE_DEATHS = ("restore_keys:1", "restore_documents:1", "restore_append:1", "restore_append:4", "restore_log:1")


async def live(settings: Settings, cases: list[str]) -> None:
    """Keys, a document and two records of each case, as services write them; of one that it was erased."""
    async with open_vault(settings) as vault:
        documents = open_documents(settings, vault)
        for case in cases:
            await vault.ensure_key(case)
            await documents.put(case, "letter", b"a letter")
    log = KafkaLog(settings)
    for number, case in enumerate(cases):
        await log.append([outgoing(event(receipt(), cause=f"cause {number}"))._replace(key=case)])
        if case == ERASED_BEFORE:
            one = outgoing(event(receipt(), cause="erased"))
            headers = [(name, b"redress.CaseErased.v1" if name == HEADER_TYPE else text) for name, text in one.headers]
            await log.append([Outgoing(case, one.value, headers)])
    await log.stop()
    async with RawTopic(settings, INBOX) as inbox, RawTopic(settings, EVENTS) as events:
        (row,) = [rows async for rows, _ in events.read(0, (await events.spans())[0]) if rows][:1]
        await inbox.append(2, [row[0]._replace(key=None), row[0]._replace(value=None), row[0]._replace(headers=())])


async def lying(settings: Settings) -> dict[str, dict[int, list[Any]]]:
    """What lies in each topic, by partition in order: key, value and headers of every record."""
    found: dict[str, dict[int, list[Any]]] = {}
    for base in TOPICS:
        async with RawTopic(settings, base) as topic:
            spans = await topic.spans()
            found[base] = {
                partition: [one[2:5] async for rows, _ in topic.read(partition, span) for one in rows]
                for partition, span in spans.items()
            }
    return found


async def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """A command: its exit code, and what it says is wrong."""
    done = await asyncio.to_thread(redress, *arguments, check=False, **environment)
    return done.returncode, done.stderr.strip()


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup, without when it was taken and how its files of keys and documents are called."""
    found = json.loads((folder / "backup.json").read_bytes())
    for part in ("keys", "documents"):
        del found[part]["name"], found[part]["sha256"]
    return {**found, "taken_at": ""}


async def test_a_backup_and_a_restore_that_are_killed_at_any_step_go_on(
    fresh_topics: FreshTopics, tmp_path: Path
) -> None:
    """And what was erased, before the backup or since, does not come back."""
    settings = await fresh_topics(data=tmp_path / "data", ports=free_ports(100))
    installation.remember(settings)
    await live(settings, CASES[:20])
    folder, place = tmp_path / "backup", ("--data", str(settings.data))
    assert (0, "") == await run("backup", str(folder), *place)
    await live(settings, CASES[20:])
    for death in BACKUP_DEATHS:
        assert EXIT_CODE == (await run("backup", str(folder), *place, REDRESS_BOMBS=death))[0], death
    assert (0, "") == await run("backup", str(folder), *place)
    whole = tmp_path / "at once"
    assert EXIT_CODE == (await run("backup", str(whole), *place, REDRESS_BOMBS="backup_begun:1"))[0]
    assert (0, "") == await run("backup", str(whole), *place), "before its first part it was known as a backup, too"
    left = next((folder / "documents").iterdir()) / f".{UUID(int=1).hex}.draft"
    left.write_bytes(b"half a document, of a backup that was killed")
    assert (0, "") == await run("backup", str(folder), "--verify", *place)

    once, often = manifest(whole), manifest(folder)
    assert [once[name] for name in ("documents", "keys", "origin")] == [
        often[name] for name in ("documents", "keys", "origin")
    ]
    assert _records(once) == _records(often)
    assert {one.name for one in folder.iterdir()} >= {"backup.json", "log", "documents"}
    assert not (folder / "backup.next.json").exists()
    await _restored_among_kills(settings, folder, tmp_path)


def _records(found: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    return {
        topic: {partition: sum(part["records"] for part in parts) for partition, parts in rows.items() if parts}
        for topic, rows in found["topics"].items()
        if any(rows.values())
    }


async def _restored_among_kills(settings: Settings, folder: Path, tmp_path: Path) -> None:
    new, ports, erased = tmp_path / "new", free_ports(100), tmp_path / "erased"
    erased.write_text(f"{ERASED_SINCE}\n", encoding="utf-8")
    how = ("--keys", str(settings.data / "keys"), "--erased", str(erased), "--ports", str(ports))
    command = ("restore", str(folder), "--data", str(new), *how)
    for death in RESTORE_DEATHS:
        assert EXIT_CODE == (await run(*command, REDRESS_BOMBS=death))[0], death
        code, why = await run("up", "--data", str(new), "--ports", str(ports))
        assert (2, True) == (code, "redress restore" in why), why
    await _refused_where_somebody_else_is(new, ports, command)
    others = ("--keys", str(settings.data / "keys"), "--nothing-erased", "--ports", str(ports))
    code, why = await run("restore", str(folder), "--data", str(new), *others)
    assert (2, True) == (code, "holds something" in why), "another restore goes on with this one"
    assert (0, "") == await run(*command)

    there = installation.load(new)
    assert settings.installation == there.installation
    with brokers.running(there.model_copy(update={"kafka_bootstrap": None})):
        assert await lying(settings) == await lying(there)
    async with open_vault(there) as vault:
        documents = open_documents(there, vault)
        for case in CASES:
            name = await _name(settings, case)
            if case in (ERASED_BEFORE, ERASED_SINCE):
                with pytest.raises(KeyDestroyed):
                    await documents.get(case, "letter", name)
            else:
                assert b"a letter" == await documents.get(case, "letter", name)
    assert 2 == (await run(*command))[0], "it is done, and nothing is written over it"


async def _refused_where_somebody_else_is(new: Path, ports: int, command: tuple[str, ...]) -> None:
    """A restore leaves a folder alone that somebody has, and brokers of others that answer at its ports."""
    held = installation.hold_folder(new)
    code, why = await run(*command)
    assert (2, True) == (code, "has this data folder" in why), why
    os.close(held)
    with socket.create_server(("127.0.0.1", ports + 90)):
        code, why = await run(*command)
    assert (2, True) == (code, f"Port {ports + 90} is in use" in why), why


async def _name(settings: Settings, case: str) -> str:
    async with open_vault(settings) as vault:
        return await open_documents(settings, vault).name(case, "letter", b"a letter")
