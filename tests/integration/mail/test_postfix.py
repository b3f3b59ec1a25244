"""A real mail server in front of the listener: what it does to a message on the way changes nothing that is read."""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from tests.support.broker import free_ports
from tests.support.mail_in_process import CUSTOMER, UNIT, MailHouse, letter, mail_house

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(shutil.which("postfix") is None or os.geteuid() != 0, reason="needs Debian's postfix, and root"),
]
MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.bank.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtputf8_enable = no
relay_domains = dongqiao.example
transport_maps = static:smtp:[127.0.0.1]:{listener}
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_host_lookup = native
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""


@contextmanager
def postfix(listener: int) -> Iterator[int]:
    """A mail server that hands everything over to the listener: its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="redress-postfix-")), free_ports(1)
    folder.chmod(0o755)
    for name in ("queue", "data", "conf"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "conf" / "main.cf").write_text(MAIN.format(folder=folder, listener=listener), encoding="ascii")
    (folder / "conf" / "master.cf").write_text(MASTER.format(port=port), encoding="ascii")
    command = ["postfix", "-c", str(folder / "conf")]
    try:
        subprocess.run([*command, "start"], check=True, capture_output=True, timeout=30)
        yield port
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


async def posted(port: int, raw: bytes) -> None:
    """Hand a message to the mail server."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        await client.sendmail(CUSTOMER, [UNIT], raw)


async def arrived(house: MailHouse, name: str, count: int) -> None:
    """Wait for events that the mail server's deliveries bring about."""
    until = time.monotonic() + 60
    while len(house.events(name)) < count:
        assert time.monotonic() < until, [event.name for event in house.events()]
        await asyncio.sleep(0.1)


async def test_what_a_mail_server_hands_over_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With files and dots at the beginning of lines; each once, also if the listener was not ready at first."""
    ready = False
    message = EmailMessage()
    for name, value in {"From": f"甲某 <{CUSTOMER}>", "Subject": "多收费" * 40, "Message-ID": "<p@b.example>"}.items():
        message[name] = value
    message.set_content(".\n..两个点\n" + "长" * 2000)
    message.add_attachment(
        b"%PDF-1.4" * 100_000, maintype="application", subtype="pdf", filename="很长的文件名" * 12 + ".pdf"
    )

    async with mail_house(tmp_path, ready=lambda: ready) as house:
        with postfix(house.port) as port:
            await posted(port, message.as_bytes())
            await asyncio.sleep(2)
            assert house.events() == []
            ready = True
            await posted(port, letter(Message_ID="<q@b.example>"))
            await arrived(house, "ComplaintReceived", 2)
            await arrived(house, "EvidenceAdded", 1)
            (file,) = house.events("EvidenceAdded")
            case = next(one for one in house.events("ComplaintReceived") if one.subject == file.subject)

            assert await house.opened(case, "matter", "narrative") == "多收费" * 40 + "\n\n.\n..两个点\n" + "长" * 2000
            assert await house.content(file) == b"%PDF-1.4" * 100_000
            assert case.data["warnings"] == []
