"""Kinds of messages by their headers: folded, repeated, encoded twice, missing, hostile."""

# ruff: noqa: E501 - one row is one kind

from collections.abc import Iterator

from tests.unit.intake.mail.kinds import HEAD, Kind, attached, mail, multi

PATHS = {
    'filename="../../etc/passwd"': "passwd", 'filename="C:\\\\Users\\\\a\\\\b.pdf"': "b.pdf", 'filename="a/b\\c.pdf"': "c.pdf",
    "filename*=UTF-8''%E5%8D%95%E6%8D%AE.pdf": "单据.pdf", "filename*0*=UTF-8''%E5%8D%95; filename*1=x.pdf": "单x.pdf",
    "filename*0=a; filename*1=b.pdf": "ab.pdf", "filename*=gbk''%B5%A5.pdf": "单.pdf", "filename*=''x.pdf": "x.pdf",
    'filename="=?utf-8?B?5Y2VLnBkZg==?="': "单.pdf", 'filename="=?gb2312?B?taUucGRm?="': "单.pdf", "filename=单.pdf": "单.pdf",
    'filename="a\u202efdp.exe"': "afdp.exe", 'filename="tab\there.pdf"': "tab here.pdf" , "filename=two words.pdf": "two words.pdf",
    "filename*=UTF-8''%FF%FE.pdf": "ÿþ.pdf", "filename*=no-such''%E5%8D%95.pdf": "单.pdf", 'filename="quo\\"te.pdf"': 'quo"te.pdf',
    'filename=".."': "attachment-1.pdf", 'filename=""': "attachment-1.pdf", "filename*9*=lost.pdf": "lost.pdf",
    "filename": "attachment-1.pdf", 'filename="unclosed.pdf': "unclosed.pdf", "FILENAME=up.pdf": "up.pdf",
    'filename="a.pdf"; filename="b.pdf"': "a.pdf", "filename*=UTF-8''%zz.pdf": "%zz.pdf", 'filename=";x.pdf"': ";x.pdf",
}  # fmt: skip
"""How senders write the name of a file, and what is shown of it."""


def kinds() -> Iterator[Kind]:
    """All of them."""
    for written, shown in PATHS.items():
        yield Kind(f"name {written[:30]}", multi("mixed", attached(written)), ("S1",), (shown,))
    long = "长" * 300 + ".pdf"
    yield Kind("name of 300 signs", multi("mixed", attached(f'filename="{long}"')), ("S1",), ("长" * 115 + "….pdf",))
    subjects = {
        "=?utf-8?B?5oqV?= =?utf-8?B?6K+J?=": "投诉", "=?utf-8?B?5oo=?= =?utf-8?B?lQ==?=": "投", "=?utf-8?Q?=E6=8A=95=E8=AF=89?=": "投诉",
        "=?UTF-8?b?5oqV?==?UTF-8?b?6K+J?=": "投诉", "=?utf-8?Q?a_b?=": "a b", "=?utf-8?q?a b?=": "a b", "=?x?B?5oqV?=": "投",
        "=?utf-8?B?5oqV": "=?utf-8?B?5oqV", "=?utf-8?X?abc?=": "=?utf-8?X?abc?=", "=?utf-8*zh?B?5oqV?=": "投", "Re: =?gb2312?B?zbY=?=x": "Re: 投x",
        "=?utf-8?B?!!!?= end": "end", "=??B?5oqV?=": "=??B?5oqV?=", "a\r\n\tb\r\n c": "a b c", "投诉 raw": "投诉 raw",
        "=?utf-8?Q?=0D=0ABcc:_x?=": "Bcc: x", "=?utf-8?Q?=00nul?=": "nul", "=?iso-8859-1?Q?=80?=": "€", "=?gbk?Q?=D6=EC=E9F?=": "朱镕"[:1],
    }  # fmt: skip
    for written, shown in subjects.items():
        yield Kind(f"subject {written[:30]!r}", mail(b"body", subject=written), (shown, "body"))
    yield Kind("subject raw GBK", HEAD + "Subject: 投诉手续费\r\n\r\nbody".encode("gbk"), ("投诉手续费", "body"))
    yield Kind("subject of 100,000 signs", mail(b"body", subject="长" * 100_000), ("长" * 100,))
    yield Kind("subject twice", mail(b"body", "Subject: other"), ("S1", "body"), never=("other",))
    yield Kind("no subject", mail(b"body", subject=None), ("body",))
    yield Kind("subject alone", mail(b""), ("S1",))
    yield Kind("subject of blanks, no text", mail(b"", subject="\u3000 "), unreadable=True)
    yield Kind("nothing at all", b"", unreadable=True)
    yield Kind("headers and nothing else", HEAD, unreadable=True)
    yield Kind("no headers", b"\r\nwords alone\r\n", ("words alone",))
    yield Kind("words instead of headers", b"please help me\r\nmy card\r\n", ("please help me", "my card"))
    yield Kind(
        "no blank line after the headers", HEAD + b"Subject: S1\r\nwords here\r\nmore", ("S1", "words here", "more")
    )
    yield Kind("line of a mailbox file first", b"From a@b Mon Jan 1\r\n" + mail(b"body"), ("S1", "body"))
    yield Kind("line ends of Unix", mail(b"body\nmore").replace(b"\r\n", b"\n"), ("S1", "body\nmore"))
    yield Kind("line ends of old Macs in the text", mail(b"one\rtwo"), ("one\ntwo",))
    yield Kind("blank before the colon", HEAD + b"Subject : S2\r\n\r\nbody", ("S2",))
    yield Kind("header of a megabyte", mail(b"body", "X-Long: " + "x" * 2**20), ("S1",))
    yield Kind("10,000 headers", mail(b"body", *(f"X-{n}: y" for n in range(10_000))), ("S1",))
    yield Kind("header of 8-bit junk", HEAD + b"Subject: S1\r\nX-J: \xff\xfe\x00\r\n\r\nbody", ("S1", "body"))
    yield Kind("type twice", mail(b"body", "Content-Type: text/plain", "Content-Type: application/pdf"), ("body",))
    yield Kind("type of nonsense", mail(b"body", "Content-Type: ;;;=?"), ("body",))
    yield Kind("type without a slash", mail(b"body", "Content-Type: text"), ("body",))
    yield Kind("type empty", mail(b"body", "Content-Type:"), ("body",))
    yield Kind("type in quotes", mail(b"body", 'Content-Type: "text/plain"'), ("body",))
    yield Kind("type without semicolon", mail("投诉".encode("gbk"), "Content-Type: text/plain charset=gbk"), ("投诉",))
    yield Kind(
        "type with a comment", mail("投诉".encode(), "Content-Type: text/plain; charset=utf-8 (Plain)"), ("投诉",)
    )
    yield Kind("parameter of 100,000 signs", mail(b"body", "Content-Type: text/plain; x=" + "y" * 100_000), ("body",))
