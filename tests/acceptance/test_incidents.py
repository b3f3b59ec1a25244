"""A night's incidents, one after the other on one installation: what is seen, what is done, and that nothing is lost.

Those that other tests play stand with them in docs/how-to/incidents.md.
"""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_telephone import BODY
from tests.acceptance.test_waiting_cases import keys
from tests.support.banks import EXAMPLE
from tests.support.night import Night, night, until

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300), pytest.mark.long]
EVENING, MORNING = "2020-03-05T20:30:00+08:00", "2020-03-06T08:30:00+08:00"
XUE, NAMED_HEAD = "{id: bai.xue,", "holders: [bai.xue]"
GONE = "from shared.bank.working_days import not_there_any_more\n"
"""What a version that was put together wrongly fails with, before it does anything."""
MANY = 20_000


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """One installation for all of them: each leaves it as it was."""
    with night(tmp_path_factory.mktemp("night"), f"steered:{EVENING}") as found:
        yield found


def received(bank: Night, key: str) -> str:
    """A complaint that is taken in; its case."""
    return str(bank.post(key, BODY).json()["case_id"])


def all_wait(bank: Night) -> bool:
    """Whether every process says that it cannot go on."""
    return not any(row["ready"] for row in bank.rows().values())


def test_a_broker_that_is_frozen_is_told_and_goes_on_or_is_killed(bank: Night) -> None:
    """It has a process and takes connections; what it does not do is answer. The supervisor starts a killed one."""
    for key, mends in (("frozen", signal.SIGCONT), ("frozen for good", signal.SIGKILL)):
        bank.signal("broker", signal.SIGSTOP)
        until(lambda: all_wait(bank))
        status, doctor, refused = bank.run("status", "status"), bank.run("doctor", "doctor"), bank.post(key, BODY)
        bank.signal("broker", mends)
        until(bank.at_rest)

        assert (1, 1) == (status.returncode, doctor.returncode)
        assert "answers nothing" in status.stdout
        assert "kill -9" in status.stdout
        assert "wrong brokers" in doctor.stdout
        assert (503, "not_ready") == (refused.status_code, refused.json()["code"])
        assert 201 == bank.post(key, BODY).status_code
    until(bank.at_rest)


def head(bank: Night, case: str) -> str:
    """Who handles a case."""
    return str(json.loads(bank.run("shown", "case", "show", case, "--json").stdout)["handler"][1])


def published(bank: Night, file: Path, text: str, why: str) -> str:
    """Publish an organisation; what the command says."""
    file.write_text(text, encoding="utf-8")
    how = ("--who", "luo.tian", "--why", why)
    done = bank.run(why, "reference", "publish", "organisation", str(file), *how)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def test_a_wrong_organisation_is_taken_back_by_its_former_version(bank: Night, tmp_path: Path) -> None:
    """What cannot be is refused with its line; what can be moves cases, and is taken back from what was published."""
    file, before = tmp_path / "organisation.yaml", received(bank, "before the wrong file")
    (former,) = [one for one in bank.ask("/v1/reference").json() if one["kind"] == "organisation" and one["in_force"]]
    refused = published(bank, file, EXAMPLE.replace(NAMED_HEAD, "holders: [bai.xeu]"), "a slip")
    wrong = published(bank, file, EXAMPLE.replace(XUE, f"{XUE} until: 2020-03-04,"), "she left")
    until(lambda: head(bank, before) != "bai.xue")
    place = f"/v1/reference/organisation/{former['id']}/{former['version']}"
    back = published(bank, file, bank.ask(place).json()["content"], "she did not leave")
    after = received(bank, "after the wrong file")
    until(lambda: bank.acknowledged(after))

    assert refused.startswith("2 redress: The organisation file, line ")
    assert ["0", "0"] == [wrong[0], back[0]]
    assert former["version"] in back
    assert "bai.xue" == head(bank, after)
    assert 1 == bank.facts(before)["CaseRerouted"]
    until(bank.at_rest)


def test_letters_wait_for_a_mail_server_that_is_away_all_night(bank: Night) -> None:
    """It is an alarm with a number; in the morning each letter leaves, once."""
    until(bank.at_rest)
    sent = len(bank.mail.taken)
    bank.mail_ends()
    case = received(bank, "while no mail goes")
    until(lambda: "finds no mail server" in bank.alarms())
    status, doctor = bank.run("status", "status"), bank.run("doctor", "doctor")
    bank.set_clock(MORNING)
    until(lambda: bank.facts(case)["MessageSendStarted"] > 1)
    waiting = bank.facts(case)
    bank.mail_begins()
    until(bank.at_rest, 90)
    ids = Counter(str(letter["Message-ID"]) for letter in bank.mail.letters()[sent:])

    assert (1, 1) == (status.returncode, doctor.returncode)
    assert "wrong mail server" in doctor.stdout
    assert 0 == waiting["MessageSent"]
    assert (found := bank.facts(case))["MessageSent"] == found["MessageSendStarted"] == len(ids)
    assert {1} == set(ids.values())


def test_a_worker_that_dies_at_each_start_says_why_and_catches_up_once_it_is_mended(bank: Night) -> None:
    """In one line, where it looked like a process that is not ready; nobody has to start it again."""
    code = bank.house / "services" / "sla" / "decisions.py"
    sound = code.read_text(encoding="utf-8")
    code.write_text(GONE + sound, encoding="utf-8")
    restarted = bank.run("restart", "restart", "sla")
    case = received(bank, "while sla dies")
    until(lambda: bank.facts(case)["CaseRouted"] > 0)
    status, meanwhile = bank.run("status", "status"), bank.facts(case)
    code.write_text(sound, encoding="utf-8")
    until(bank.at_rest)

    assert (3, 1) == (restarted.returncode, status.returncode)
    assert "ends at each start" in restarted.stderr
    assert "ImportError: cannot import name 'not_there_any_more'" in status.stdout
    assert (0, True) == (meanwhile["ClockStarted"], bank.facts(case)["ClockStarted"] > 0)


def test_a_damaged_database_of_the_console_is_built_anew_from_the_log(bank: Night) -> None:
    """Complaints are taken in and answered meanwhile; afterwards the console knows those, too."""
    for file in (bank.settings.data / "console").glob("generation-*"):
        file.write_bytes(b"\xde\xad\xbe\xef" * (file.stat().st_size // 4))
    case = received(bank, "while the console is damaged")
    until(lambda: "cannot work with its database" in bank.alarms())
    status, asked = bank.run("status", "status"), bank.ask("/v1/register")
    until(lambda: bank.acknowledged(case))
    rebuilt = bank.run("rebuild", "console", "rebuild")
    until(lambda: bank.at_rest() and not bank.alarms())

    assert (1, 0) == (status.returncode, rebuilt.returncode)
    assert "redress console rebuild" in status.stdout
    assert (503, "console_database_away") == (asked.status_code, asked.json()["code"])
    assert 200 == (shown := bank.ask(f"/v1/cases/{case}", "lin.fang")).status_code, shown.text


def test_without_the_vaults_database_nothing_is_taken_in_and_nothing_is_lost(bank: Night) -> None:
    """What was not sealed was not taken; whoever sends it again is taken in once the database is there."""
    bank.keys.end()
    refused = bank.post("without a key", BODY)
    until(lambda: "cannot reach the vault" in bank.alarms())
    status, doctor = bank.run("status", "status"), bank.run("doctor", "doctor")
    bank.keys.begin()
    until(lambda: bank.at_rest() and not bank.alarms())
    taken = bank.post("without a key", BODY)
    until(lambda: bank.acknowledged(str(taken.json()["case_id"])))

    assert (1, 1) == (status.returncode, doctor.returncode)
    assert (503, "vault_away") == (refused.status_code, refused.json()["code"])
    assert "REDRESS_VAULT_URL" in status.stdout
    assert "REDRESS_VAULT_URL" in doctor.stdout
    assert 201 == taken.status_code


def test_a_case_with_very_many_events_holds_up_no_other(bank: Night) -> None:
    """Those of its partition go on, the case can be read, and a worker that starts anew gets over it."""
    partition = keys()
    big = received(bank, next(partition))
    until(lambda: bank.acknowledged(big))
    bank.interim_replies(big, MANY)
    other = received(bank, next(partition))
    until(lambda: bank.acknowledged(other))
    until(bank.at_rest, 120)
    told = bank.ask(f"/v1/cases/{big}/timeline", "lin.fang")
    restarted = bank.run("restart", "restart", "sla")
    last = received(bank, next(partition))
    until(lambda: bank.acknowledged(last))

    assert MANY == sum("InterimReplyGiven" in entry["type"] for entry in told.json()["entries"])
    assert 0 == restarted.returncode
    until(bank.at_rest)


def test_after_all_of_it_everything_is_as_the_log_says(bank: Night) -> None:
    """The independent fold finds no difference, every hop agrees, and no alarm is left."""
    until(lambda: bank.at_rest() and not bank.alarms())
    verified, status = bank.run("verify", "rebuild", "verify"), bank.run("status", "status")

    assert (0, 0) == (verified.returncode, status.returncode), verified.stdout + status.stdout
    assert "all as the log says" in verified.stdout
