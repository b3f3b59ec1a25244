"""What people do about mail that no machine settles: unreadable, twice under one id, infected. Over HTTP, on a bank."""

import time
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.process.settings import Settings
from tests.acceptance.test_handling import act
from tests.support.clamd import MARK, NAME, in_a_thread
from tests.support.customer_mail import case_of, encrypted, handed, message, message_id
from tests.support.facts import NOW
from tests.support.installation import authorization, installed

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300), pytest.mark.long]
ACCEPTING, STRANGER = "lin.fang", "luo.tian"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation with a scanner for all tests of this file."""
    folder = tmp_path_factory.mktemp("mail") / "data"
    clock = f"steered:{NOW.isoformat()}"
    with in_a_thread() as scanner, installed(folder, clock, REDRESS_SCANNER=scanner.address) as settings:
        yield settings


def asked(bank: Settings, path: str, by: str = ACCEPTING) -> httpx.Response:
    """What the console answers somebody of the bank."""
    url = f"http://127.0.0.1:{bank.ports}/v1/cases/{path}"
    return httpx.get(url, headers=authorization(bank, by, "person"), timeout=20)


def until(bank: Settings, path: str, found: Any) -> Any:
    """The answer, once it holds what is looked for."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        answer = asked(bank, path)
        if answer.status_code == 200 and found(answer.json()):
            return answer.json()
        time.sleep(0.2)
    raise AssertionError(f"not there: {answer.text}")


def duty(bank: Settings, case: str, kind: str, state: str) -> dict[str, Any]:
    """The duty of a kind, once it is in a state."""

    def has(duties: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in duties if (one["kind"], one["state"]) == (kind, state)]

    found: dict[str, Any] = has(until(bank, f"{case}/duties", has))[0]
    return found


def sentences(bank: Settings, case: str) -> list[tuple[str, str]]:
    """The timeline in both languages."""
    entries = asked(bank, f"{case}/timeline").json()["entries"]
    return [(one["sentence"]["zh"], one["sentence"]["en"]) for one in entries]


def opened(bank: Settings, case: str, kind: str, scan: str = "clean") -> tuple[dict[str, Any], httpx.Response]:
    """The first file of a kind once it was scanned, and what opening it gives."""

    def has(told: dict[str, Any]) -> list[dict[str, Any]]:
        return [one for one in told["documents"] if (one["kind"], one["scan"]) == (kind, scan)]

    found: dict[str, Any] = has(until(bank, f"{case}/documents", has))[0]
    return found, asked(bank, f"{case}/documents/{found['document']}")


def letter(bank: Settings, *words: str) -> str:
    """The text of the letter to the accepting person that holds these words, once it left."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        for path in Path(bank.data / "outbox").glob("*.eml"):
            text = _text(BytesParser(policy=default).parsebytes(path.read_bytes()))
            if all(word in text for word in words):
                return text
        time.sleep(0.2)
    raise AssertionError(f"no letter says {words}")


def _text(mail: Message) -> str:
    body = mail.get_body() if isinstance(mail, EmailMessage) else None
    return f"{mail['To']}\n{mail['Subject']}\n{body.get_content() if body is not None else ''}"


def nobody_else_sees(bank: Settings, case: str) -> None:
    """To whoever has no part in it the case is not there, nor is its file."""
    assert {404} == {asked(bank, f"{case}{part}", STRANGER).status_code for part in ("", "/documents", "/timeline")}


def number(bank: Settings, case: str) -> str:
    """The number of a case."""
    return str(asked(bank, case).json()["case_number"])


def test_what_no_machine_can_read_is_read_by_a_person(bank: Settings) -> None:
    """Told by letter, opened by the accepting person alone, ended by what it says; and it cannot be rewritten then."""
    case = case_of(1)
    handed(bank, encrypted(1))
    owed = duty(bank, case, "read_submission", "open")
    told = letter(bank, number(bank, case), "阅读系统无法读出的来件")
    _, content = opened(bank, case, "message")
    nobody_else_sees(bank, case)

    assert (ACCEPTING, True) == (owed["debtor"]["person"], told.startswith(f"{ACCEPTING}@"))
    assert content.content == encrypted(1)
    said = {"pointer": "/matter/narrative", "value": "柜面多扣手续费。", "ground": "致电客户后得知"}
    assert 403 == act(bank, case, "correct-receipt", said, "zhong.an", key="not-mine").status_code
    assert 200 == act(bank, case, "correct-receipt", said, ACCEPTING).status_code
    duty(bank, case, "read_submission", "discharged")
    assert 422 == act(bank, case, "correct-receipt", said | {"value": "别的"}, ACCEPTING, key="again").status_code
    assert {
        ("电子邮件附带一份材料（1KB），随案封存。", "A file came by e-mail and is kept (1KB)."),
        ("林芳更正了登记的投诉内容。", "Fang Lin corrected what the customer says in the receipt."),
        ("按时办理了“阅读系统无法读出的来件”。", "Done in time: reading what no machine could read."),
    } <= set(sentences(bank, case))


def test_two_messages_under_one_id_are_compared_by_a_person(bank: Settings) -> None:
    """The other message is opened by the accepting person alone; what it puts right ends the duty."""
    case, other = case_of(2), EmailMessage()
    other["From"], other["Message-ID"] = "jia2@customer.example", message_id(2)
    other.set_content("多收的是三十元。")
    for raw in (message(2), other.as_bytes(policy=SMTP)):
        handed(bank, raw)
    owed = duty(bank, case, "resolve_receipt_conflict", "open")
    told = letter(bank, number(bank, case), "核对同一标识的不同来件")
    _, content = opened(bank, case, "message")
    nobody_else_sees(bank, case)

    assert (ACCEPTING, True) == (owed["debtor"]["person"], told.startswith(f"{ACCEPTING}@"))
    assert content.content == other.as_bytes(policy=SMTP)
    said = {"pointer": "/matter/request", "value": "退还三十元。", "ground": "以第二封邮件为准"}
    assert 200 == act(bank, case, "correct-receipt", said, ACCEPTING).status_code
    duty(bank, case, "resolve_receipt_conflict", "discharged")
    assert {
        (
            "又收到一封电子邮件，邮件标识相同而内容不同：未另行登记，随案封存，待核对。",
            "Another e-mail came under the same Message-ID with another content: it is kept, to be compared.",
        ),
        ("按时办理了“核对同一标识的不同来件”。", "Done in time: comparing two messages that came under one id."),
    } <= set(sentences(bank, case))


def test_an_infected_file_is_told_by_name_and_opens_to_nobody(bank: Settings) -> None:
    """In the timeline and by letter to whoever works on the case; a clean file of the same message opens."""
    case = case_of(3)
    handed(bank, message(3, files=2, last=b"%PDF-1.4 " + MARK))
    told, refused = opened(bank, case, "attachment", "infected")
    _, clean = opened(bank, case, "attachment")
    text = letter(bank, number(bank, case), NAME)

    assert ((409, "infected"), 200) == ((refused.status_code, refused.json()["code"]), clean.status_code)
    assert (told["found"], f"流水.pdf（{NAME}）" in text, text.startswith(f"{ACCEPTING}@")) == (NAME, True, True)
    assert (
        f"一份证据材料经病毒扫描，发现恶意程序（{NAME}），不予打开。",
        f"A file was scanned: it is infected ({NAME}) and stays closed.",
    ) in sentences(bank, case)
