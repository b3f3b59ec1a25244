"""What comes by mail is told to whoever accepts it; an infected file to whoever works on the case."""

from services.notify.decisions import SERVICE
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.contract.envelope import Event
from shared.contract.events.base import EventData
from shared.contract.events.evidence import EvidenceScanned
from shared.contract.events.intake import EvidenceAdded
from tests.support.facts import Given, event, receipt
from tests.support.letter_case import LetterCase, reopened, sealed, told

SMTP = "smtp:office@dongqiao.example"
LETTER = "infected_file_notice"
UNKNOWN = {"reason": None, "complained_unit": None}
MAILED = {"channel": "mail", "submitter": SMTP, "received_by": {"unit": "dongqiao"}}


def file() -> EvidenceAdded:
    """A file."""
    return EvidenceAdded(
        sha256="0", size_bytes=1, kind="attachment", file_name=sealed("流水.doc"), media_type="image/png",
        quarantined=True,
    )  # fmt: skip


def scanned(added: Event, *, infected: bool = True) -> EvidenceScanned:
    """A verdict on it."""
    return EvidenceScanned(document=added.id, infected=infected, found="Test.Mark-1" if infected else None)


def with_(data: EventData, cause: str) -> Event:
    """An event of intake about a file."""
    return event(data, cause)


def first_letters(*before: Event, **changes: object) -> list[tuple[str, str | None]]:
    """The first letters of a case by mail, of which this was known before."""
    received = event(receipt(**(MAILED | {"matter": dict(UNKNOWN)} | changes)))
    routed = event(Given(ROUTING).when_event(received)[0], received.id)
    clock = event(Given(SLA).when_event(received)[0], received.id)
    return told(Given(SERVICE, received, *before, routed).when_event(clock))


def test_what_is_infected_is_told_to_whoever_works_on_the_case() -> None:
    """A clean file is no news."""
    case = LetterCase()
    added = case.happens(file())

    assert [] == case.when(scanned(added, infected=False))
    assert [(LETTER, "luo.tian")] == told(case.when(scanned(added)))


def test_a_verdict_before_the_first_letters_is_told_with_them() -> None:
    """Nobody was named yet to whom it could go."""
    added = with_(file(), "file")
    verdict, clean = (with_(scanned(added, infected=infected), "scanned") for infected in (True, False))

    assert LETTER in dict(first_letters(added, verdict))
    assert LETTER not in dict(first_letters(added, clean))


def test_a_verdict_while_the_first_letters_are_being_decided_is_told_once() -> None:
    """Nothing in the log says yet that they were decided, nor whether they will have known of it."""
    case = LetterCase(first_letters=False)
    verdict = case.event(scanned(case.happens(file())))
    clock = case.log[-2]

    assert [(LETTER, "luo.tian")] == told(case.when_event(verdict))
    assert LETTER not in dict(told(case.answer(clock)))


def test_a_file_that_somebody_adds_while_the_first_letters_are_being_decided_is_told() -> None:
    """Whoever works on the case did not add it."""
    case = LetterCase(first_letters=False)
    added = case.event(file())._replace(actor="person:lin.fang")

    assert ("evidence_notice", "luo.tian") in told(case.when_event(added))


def test_it_is_not_told_again_when_the_case_is_taken_up_again() -> None:
    """Whoever has it sees it with the file."""
    case = LetterCase()
    case.all_sent(case.when(scanned(case.happens(file()))))

    assert LETTER not in dict(told(reopened(case)))


def test_nobody_took_a_message_in_so_the_accepting_post_is_told_what_it_leaves_open() -> None:
    """Also that no machine could read it."""
    assert ("duty_notice", "lin.fang") in first_letters()
    assert ("duty_notice", "lin.fang") in first_letters(warnings=("unreadable",))


def test_the_files_of_a_message_are_not_told_one_by_one() -> None:
    """The message itself is; a file that somebody adds is told."""
    case = LetterCase()

    assert [] == case.when_event(case.event(file())._replace(actor=SMTP))
    assert ["evidence_notice"] == [kind for kind, _ in told(case.when(file()))]
