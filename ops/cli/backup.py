"""Commands that keep an installation in a folder, and bring it back from one."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer

from ops.backup import folder_lock, restoring, verifying, writing
from ops.backup import manifest as manifests
from ops.backup.manifest import Manifest
from ops.backup.restoring import Restored
from ops.cli.terminal import (
    DEFAULT_DATA,
    NOT_SO,
    AsJson,
    Data,
    Ports,
    bars,
    document,
    guarded,
    installed_here,
    out,
    run,
)
from ops.local import installation
from ops.local.reading import HowFarOfEach
from shared.errors import BadReference
from shared.process import bombs
from shared.process.settings import Settings
from shared.sealing.durable_files import sync_below, sync_folders

backup_app, restore_app = typer.Typer(add_completion=False), typer.Typer(add_completion=False)
Folder = Annotated[Path, typer.Argument(help="The backup's folder.")]


@backup_app.command()
def backup(
    folder: Folder,
    verify: Annotated[bool, typer.Option("--verify", help="Read the backup back instead of adding to it.")] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Add what is new to a backup of log, documents and keys, beside what runs; or read one back.

    The master key and the log key are part of no backup: keep them apart from it.
    """
    settings = installed_here(data)
    bombs.arm(settings.bombs)
    if verify:
        _verify(settings, folder.resolve(), as_json)
        return
    with bars() as told:
        kept = run(writing.back_up(settings, folder.resolve(), told))
    if as_json:
        document(kept._asdict())
    else:
        news = f"{kept.new_records:,} records and {kept.new_documents:,} documents are new"
        out.print(f"{kept.records:,} records, {kept.documents:,} documents, {kept.keys:,} keys; {news}")


def _verify(settings: Settings, folder: Path, as_json: bool) -> None:
    with bars() as told:
        read = run(verifying.verify(settings, folder, told))
    if as_json:
        document(read._asdict())
    else:
        for line in read.wrong:
            out.print(line, markup=False)
        verdict = f"not all as it was written ({len(read.wrong)})" if read.wrong else "all as it was written"
        counts = f"{read.records:,} records of {read.cases:,} cases, {read.documents:,} documents, {read.keys:,} keys"
        out.print(f"{counts} read back: {verdict}")
    if read.wrong:
        raise typer.Exit(NOT_SO)


@restore_app.command()
def restore(
    folder: Folder,
    data: Annotated[Path, typer.Option("--data", help="A new folder for the installation.")],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The installation's key files: its data/keys, kept apart.")
    ] = None,
    erased: Annotated[
        Path | None,
        typer.Option("--erased", help="Ids whose keys must not come back: lines of `redress keys erased`."),
    ] = None,
    nothing_erased: Annotated[
        bool, typer.Option("--nothing-erased", help="Nobody was erased since this backup was taken.")
    ] = False,
    ports: Ports = None,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into a new folder, or onto empty brokers and stores that the settings name.

    What was erased stays so. Killed and given again it goes on; until it is done, nothing starts there.
    """
    gone = guarded(lambda: _erased(erased, nothing_erased=nothing_erased))
    found = guarded(lambda: manifests.read(folder.resolve()))
    settings = guarded(lambda: _settings(found, data.resolve(), ports))
    bombs.arm(settings.bombs)
    with bars() as told:
        done = guarded(lambda: _restored(settings, keys, folder.resolve(), gone, told))
    if as_json:
        document(done._asdict())
        return
    out.print(
        f"{done.records:,} records, {done.documents:,} documents, {done.keys:,} keys, {done.erased:,} of them erased"
    )
    clock = " --clock steered:<its instant>" if settings.clock == "steered" else ""
    out.print(f"start it with: redress up --data {data}{clock}", markup=False)


def _restored(settings: Settings, keys: Path | None, folder: Path, gone: set[str], told: HowFarOfEach) -> Restored:
    """Bring keys and backup back, while nobody else has the place."""
    with restoring.alone(settings.data), folder_lock.reading(folder):
        if keys is not None:
            _bring_keys(keys, settings.data / "keys")
        return asyncio.run(restoring.restore(settings, folder, gone, told))


def _erased(file: Path | None, *, nothing_erased: bool) -> set[str]:
    """What must not come back. Raises BadReference: nobody said."""
    if (file is None) != nothing_erased:
        raise BadReference(
            "Say what was erased since this backup: --erased FILE with the ids that `redress keys erased` told, or "
            "--nothing-erased."
        )
    try:
        return set(file.read_text(encoding="utf-8").split()) if file is not None else set()
    except UnicodeDecodeError as error:
        raise BadReference(f"--erased {file}: this is no list of ids; `redress keys erased` writes one.") from error


def _settings(found: Manifest, data: Path, ports: int | None) -> Settings:
    first = installation.last_ports(data) if ports is None else ports
    return Settings(data=data, ports=first, **found.origin.model_dump())


def _bring_keys(source: Path, target: Path) -> None:
    """Copy the key files, all of them or none: half of them would look like others."""
    if not (source / "master.key").exists():
        raise BadReference(f"--keys {source}: no master.key lies there.")
    if not target.exists():
        draft = target.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft)
        sync_below(draft)
        draft.rename(target)
        sync_folders([target.parent])
