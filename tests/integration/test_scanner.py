"""Files and their scanner: in quarantine until it has answered, whoever is away or dies meanwhile."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.intake.files.clamd import Clamd, ScannerAway
from services.intake.files.scanning import Scanning
from services.intake.http.examples import COMPLAINT
from shared.contract.upcasting import upcast
from shared.process.clock import SteeredClock
from shared.sealing.documents import Documents
from tests.support.clamd import MARK, NAME, ProtocolServer, protocol_server
from tests.support.facts import NOW
from tests.support.intake_in_process import House, add_evidence, open_house, submit

TIMEOUT = 5.0
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """An empty log."""
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def scanner() -> AsyncIterator[ProtocolServer]:
    """A scanner."""
    async with protocol_server() as found:
        yield found


def scanning(house: House, address: str | None) -> Scanning:
    """What has files scanned in the process started last."""
    clock = SteeredClock()
    clock.set(NOW)
    documents = Documents(house.data / "documents", house.vault)
    scanner, recording = Clamd(address, TIMEOUT) if address else None, house.submissions[-1].recording
    return Scanning(scanner, house.log, house.indexes[-1], documents, clock, recording)


async def with_files(house: House, *contents: bytes) -> str:
    """A case with these files, taken in by a process with a scanner set; the case's id."""
    app = await house.intake(quarantines=True)
    case: str = (await submit(app, "case", COMPLAINT)).json()["case_id"]
    for n, content in enumerate(contents):
        assert 201 == (await add_evidence(app, case, f"file-{n}", content, name="../a\u202e.pdf")).status_code
    return case


def verdicts(house: House) -> list[tuple[bool, str | None]]:
    """What the log says was found, in its order."""
    return [(one.data["infected"], one.data["found"]) for one in house.events("EvidenceScanned")]


async def test_each_file_waits_for_its_verdict_and_gets_one(house: House, scanner: ProtocolServer) -> None:
    """The scanner is given what was sent, not what is stored; each file is answered once, however often it is asked."""
    await with_files(house, b"clean " * 50_000, b"a" + MARK)
    added = house.events("EvidenceAdded")
    work = scanning(house, scanner.address)

    assert [True, True] == [one.data["quarantined"] for one in added]
    assert 2 == work.told()["files_waiting"]
    assert await work.round()
    assert await work.round()
    assert [b"clean " * 50_000, b"a" + MARK] == scanner.scanned
    assert [(False, None), (True, NAME)] == verdicts(house)
    assert [one.id for one in added] == [one.data["document"] for one in house.events("EvidenceScanned")]
    assert {"files_waiting": 0, "files_wait_for": None} == work.told()


async def test_without_a_scanner_nothing_waits(house: House) -> None:
    """And what came before there were scanners does not wait either."""
    app = await house.intake()
    case = (await submit(app, "case", COMPLAINT)).json()["case_id"]
    await add_evidence(app, case, "file", b"MZ")

    (added,) = house.events("EvidenceAdded")
    assert (False, "application/pdf", "application/vnd.microsoft.portable-executable") == (
        added.data["quarantined"], added.data["media_type"], added.data["content_type"]
    )  # fmt: skip
    assert 0 == scanning(house, None).told()["files_waiting"]
    assert upcast(added) == added


@pytest.mark.parametrize("fault", ["away", "hangs_up", "error", "none"])
async def test_while_the_scanner_gives_no_verdict_nothing_is_lost_and_it_is_tried_again(
    house: House, fault: str, scanner: ProtocolServer
) -> None:
    """It is not there, hangs up, refuses, or none is set any more: the file waits, and status says why."""
    await with_files(house, b"clean")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
    scanner.hangs_up = fault == "hangs_up"
    scanner.says = b"INSTREAM size limit exceeded. ERROR" if fault == "error" else None
    broken = scanning(house, {"away": nobody, "none": None}.get(fault, scanner.address))

    assert not await broken.round()
    assert broken.told()["files_wait_for"]
    assert [] == verdicts(house)
    scanner.hangs_up, scanner.says = False, None
    await house.intake(quarantines=True)  # and the process is started anew
    assert await scanning(house, scanner.address).round()
    assert [(False, None)] == verdicts(house)


async def test_a_file_that_cannot_be_scanned_holds_up_no_other(house: House, scanner: ProtocolServer) -> None:
    """The sealed file of one is gone from the store; the other is answered, and the first goes on waiting."""
    await with_files(house, b"one", b"two")
    gone = house.events("EvidenceAdded")[0].data["sha256"]
    (house.data / "documents" / gone[:2] / gone).unlink()
    work = scanning(house, scanner.address)

    assert not await work.round()
    assert ([b"two"], [(False, None)]) == (scanner.scanned, verdicts(house))
    assert (1, True) == (work.told()["files_waiting"], "document store" in str(work.told()["files_wait_for"]))


async def test_of_two_verdicts_the_first_counts(house: House, scanner: ProtocolServer) -> None:
    """Two processes scan at once, or one died before its verdict was in the log: both name one event."""
    await with_files(house, b"clean")
    await house.intake(quarantines=True)
    first, second = scanning(house, scanner.address), scanning(house, scanner.address)
    second.index = house.indexes[0]

    await asyncio.gather(first.round(), second.round())
    found = house.events("EvidenceScanned")
    assert 1 == len({one.id for one in found})


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a real clamd that knows one signature."""
    if CLAMD is None:
        pytest.skip("clamd is not installed here: apt-get install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n", encoding="ascii")
    place, conf = folder / "clamd.sock", folder / "clamd.conf"
    conf.write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {place}\nForeground yes\nStreamMaxLength 1M\n", encoding="ascii"
    )
    folder.chmod(0o755)
    with subprocess.Popen([CLAMD, "-c", str(conf)], stdout=subprocess.DEVNULL) as process:
        yield place
        process.terminate()


async def until_it_answers(clamd: Clamd) -> None:
    """It takes a moment to read what it knows."""
    async with asyncio.timeout(30):
        while True:
            try:
                await clamd.scan(b"")
            except ScannerAway:
                await asyncio.sleep(0.1)
            else:
                return


async def test_the_real_clamd_is_understood(real: Path) -> None:
    """Clean, infected, also within an archive, and too large for it: over its own socket."""
    clamd = Clamd(f"unix:{real}", TIMEOUT)
    await until_it_answers(clamd)

    assert None is await clamd.scan(b"clean " * 50_000)
    assert "Eicar-Test-Signature.UNOFFICIAL" == await clamd.scan(EICAR)
    with pytest.raises(ScannerAway):
        await clamd.scan(b"a" * 2 * 2**20)
