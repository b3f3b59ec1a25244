"""What goes wrong at night, one after the other on one installation: what is seen, what is done, and nothing is lost."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_telephone import BODY
from tests.acceptance.test_waiting_cases import keys
from tests.support.night import Night, night, until

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(500)]


def test_hand(tmp_path: Path) -> None:
    with night(tmp_path, "steered:2020-03-05T20:30:00+08:00") as n:
        def show(name, *a):
            t = time.monotonic()
            d = n.run(name, *a)
            print("$ redress", *a, "\n" + d.stdout + d.stderr, "rc", d.returncode, f"{time.monotonic()-t:.1f}s", flush=True)
            return d
        print(n.post("first", BODY).text)
        until(n.at_rest)
        n.mail_ends()
        mailed = n.post("mail", BODY).json()["case_id"]
        time.sleep(4)
        show("s", "status"); show("d", "doctor")
        n.set_clock("2020-03-06T08:30:00+08:00")
        time.sleep(4)
        show("s", "status")
        print(n.facts(mailed), len(n.mail.taken))
        n.mail_begins()
        t = time.monotonic(); until(n.at_rest, 90); print(time.monotonic() - t)
        print(n.facts(mailed), len(n.mail.taken), Counter(Counter(str(l["Message-ID"]) for l in n.mail.letters()).values()))
        print("=== worker")
        file = n.house / "services/sla/decisions.py"
        sound = file.read_text()
        file.write_text("from shared.bank.working_days import not_there_any_more\n" + sound)
        show("r", "restart", "sla")
        w = n.post("worker", BODY).json()["case_id"]
        time.sleep(2)
        show("s", "status"); show("d", "doctor"); show("l", "logs", "sla")
        file.write_text(sound)
        t = time.monotonic(); until(n.at_rest, 90); print(time.monotonic() - t)
        print(n.facts(w))
        print("=== console")
        for f in (n.settings.data / "console").glob("generation-*"):
            f.write_bytes(b"\xde\xad" * (f.stat().st_size // 2))
        print(n.ask("/v1/register").text[:300])
        n.post("console", BODY)
        time.sleep(7)
        show("s", "status"); show("r", "console", "rebuild")
        time.sleep(3)
        show("s", "status")
        print(n.ask("/v1/register").text[:300])
        t = time.monotonic(); until(n.at_rest, 90); print(time.monotonic() - t)
        print("=== vault")
        n.keys.end()
        t = time.monotonic(); print(n.post("vault", BODY).text, time.monotonic() - t)
        time.sleep(3)
        show("s", "status"); show("d", "doctor")
        n.keys.begin()
        print(n.post("vault", BODY).text)
        t = time.monotonic(); until(n.at_rest, 90); print(time.monotonic() - t)
        print("=== 20000")
        k = keys()
        big = n.post(next(k), BODY).json()["case_id"]
        until(lambda: n.acknowledged(big))
        t = time.monotonic(); n.interim_replies(big, 20000); print(time.monotonic() - t)
        other = n.post(next(k), BODY).json()["case_id"]
        show("s", "status")
        until(lambda: n.acknowledged(other)); print("other", time.monotonic() - t)
        until(n.at_rest); print("rest", time.monotonic() - t)
        t = time.monotonic(); a = n.ask(f"/v1/cases/{big}/timeline", "lin.fang"); print(a.status_code, len(a.text), time.monotonic() - t)
        t = time.monotonic(); d = n.run("t", "case", "timeline", big); print(d.stdout.count("\n"), time.monotonic() - t)
        t = time.monotonic(); show("r", "restart", "sla")
        show("v", "rebuild", "verify")
        show("s", "status")
