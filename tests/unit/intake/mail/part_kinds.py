"""Kinds of messages by their parts: alternatives, nested, sealed, of machines, hostile."""

# ruff: noqa: E501, PLR0915 - one row is one kind

import base64
from collections.abc import Iterator

from tests.unit.intake.mail.kinds import PAGE, PLAIN, Kind, attached, mail, multi, part

PICTURE = part(
    b"\x89PNG\r\n\x1a\nx", "Content-Type: image/png; name=p.png", "Content-ID: <p>", "Content-Disposition: inline"
)
CALENDAR = part(b"BEGIN:VCALENDAR", "Content-Type: text/calendar; method=REQUEST")
FORWARDED = part(b"From: other@customer.example\r\nSubject: inner\r\n\r\ninner words", "Content-Type: message/rfc822")
P7S = part(b"x", 'Content-Type: application/pkcs7-signature; name="smime.p7s"')
HTML = "Content-Type: text/html; charset=utf-8"
FLOWED = "Content-Type: text/plain; charset=utf-8; format=flowed"


def wrapped(depth: int, inner: bytes) -> bytes:
    """A part within so many multiparts."""
    for level in range(depth):
        mark = f"n{level}"
        inner = part(
            f"--{mark}\r\n".encode() + inner + f"\r\n--{mark}--".encode(),
            f"Content-Type: multipart/mixed; boundary={mark}",
        )
    return inner


def kinds() -> Iterator[Kind]:
    """All of them."""
    yield Kind("alternative", multi("alternative", PLAIN, PAGE), ("正文一",), never=("网页一",))
    yield Kind("alternative, page first", multi("alternative", PAGE, PLAIN), ("正文一",), never=("网页一",))
    yield Kind(
        "alternative, plain blank", multi("alternative", part(b" \r\n", "Content-Type: text/plain"), PAGE), ("网页一",)
    )
    yield Kind("alternative with a calendar", multi("alternative", PLAIN, CALENDAR), ("正文一",), ("attachment-1",))
    yield Kind("page alone", mail("<html><body><p>一</p><p>二</p>".encode(), HTML), ("一\n\n二",))
    yield Kind("mixed text and page", multi("mixed", PLAIN, PAGE), ("正文一", "网页一"))
    yield Kind("mixed, page says the same", multi("mixed", PLAIN, part("<b>正文一</b>".encode(), HTML)), ("正文一",))
    yield Kind("related picture", multi("related", PAGE, PICTURE), ("网页一",), ("p.png",))
    yield Kind(
        "text after the file",
        multi("mixed", PLAIN, attached("filename=a.pdf"), part(b"footer", "Content-Type: text/plain")),
        ("正文一", "footer"),
        ("a.pdf",),
    )
    yield Kind(
        "text as a file",
        multi("mixed", PLAIN, attached("filename=a.txt", b"inside", "text/plain")),
        ("正文一",),
        ("a.txt",),
        never=("inside",),
    )
    yield Kind(
        "forwarded message",
        multi("mixed", PLAIN, FORWARDED),
        ("正文一",),
        ("forwarded_message-1.eml",),
        never=("inner",),
    )
    yield Kind(
        "forwarded message alone",
        mail(b"From: x@y.example\r\n\r\ninner", "Content-Type: message/rfc822"),
        ("S1",),
        ("forwarded_message-1.eml",),
    )
    yield Kind("digest", multi("digest", part(b"From: x@y.example\r\n\r\none")), ("S1",), ("forwarded_message-1.eml",))
    yield Kind("signed", multi("signed", PLAIN, P7S), ("正文一",), ("smime.p7s",))
    yield Kind(
        "PGP in clear",
        mail(b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nwords\r\n-----BEGIN PGP SIGNATURE-----"),
        ("words",),
    )
    yield Kind(
        "PGP in armour", mail(b"-----BEGIN PGP MESSAGE-----\r\nx\r\n-----END PGP MESSAGE-----\r\n"), unreadable=True
    )
    yield Kind(
        "PGP/MIME",
        multi("encrypted", part(b"Version: 1", "Content-Type: application/pgp-encrypted"), attached("filename=e.asc")),
        unreadable=True,
    )
    yield Kind(
        "S/MIME sealed",
        mail(b"MIIB", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data"),
        unreadable=True,
    )
    yield Kind(
        "S/MIME sealed, old name",
        mail(b"MIIB", "Content-Type: application/x-pkcs7-mime; name=smime.p7m"),
        unreadable=True,
    )
    yield Kind(
        "S/MIME signed and wrapped",
        mail(b"MIIB", "Content-Type: application/pkcs7-mime; smime-type=signed-data"),
        unreadable=True,
    )
    yield Kind(
        "TNEF beside text",
        multi("mixed", PLAIN, attached("filename=winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef")),
        ("正文一",),
        ("winmail.dat",),
    )
    yield Kind(
        "TNEF alone",
        mail(b"\x78\x9f\x3e\x22", "Content-Type: application/ms-tnef; name=winmail.dat"),
        ("S1",),
        ("winmail.dat",),
    )
    yield Kind("calendar alone", mail(b"BEGIN:VCALENDAR", "Content-Type: text/calendar"), ("S1",), ("attachment-1",))
    yield Kind(
        "card",
        multi("mixed", PLAIN, part(b"BEGIN:VCARD", "Content-Type: text/vcard; name=c.vcf")),
        ("正文一",),
        ("c.vcf",),
    )
    yield Kind(
        "a picture alone",
        mail(
            base64.b64encode(b"\xff\xd8\xff"),
            "Content-Type: image/jpeg; name=l.jpg",
            "Content-Transfer-Encoding: base64",
        ),
        ("S1",),
        ("l.jpg",),
    )
    yield Kind(
        "archive",
        multi("mixed", PLAIN, attached("filename=a.zip", b"PK\x03\x04", "application/zip")),
        ("正文一",),
        ("a.zip",),
    )
    yield Kind("empty file", multi("mixed", PLAIN, attached("filename=e.pdf", b"")), ("正文一",))
    yield Kind(
        "25 files",
        multi("mixed", PLAIN, *(attached(f"filename={n}.pdf") for n in range(25))),
        ("正文一",),
        tuple(f"{n}.pdf" for n in range(20)),
    )
    yield Kind(
        "no end of the parts", multi("mixed", PLAIN, attached("filename=a.pdf"), end=b""), ("正文一",), ("a.pdf",)
    )
    yield Kind(
        "words before the parts",
        multi("mixed", PLAIN, preamble=b"This is MIME\r\n"),
        ("正文一",),
        never=("This is MIME",),
    )
    yield Kind(
        "words after the parts", multi("mixed", PLAIN, end=b"--b--\r\nepilogue"), ("正文一",), never=("epilogue",)
    )
    yield Kind(
        "multipart without boundary",
        mail(b"--q\r\nContent-Type: text/plain\r\n\r\nwords\r\n--q--\r\n", "Content-Type: multipart/mixed"),
        ("words",),
    )
    yield Kind(
        "another boundary than said",
        mail(b"--q\r\nContent-Type: text/plain\r\n\r\nwords\r\n--q--\r\n", "Content-Type: multipart/mixed; boundary=z"),
        ("words",),
    )
    yield Kind("multipart of no parts", mail(b"words", "Content-Type: multipart/mixed; boundary=z"), ("S1", "words"))
    yield Kind(
        "boundary of signs of patterns",
        mail(b"--(.*\r\n\r\nwords\r\n--(.*--", 'Content-Type: multipart/mixed; boundary="(.*"'),
        ("words",),
    )
    yield Kind(
        "boundary within a longer one",
        mail(b"--b\r\n\r\none\r\n--bb\r\ntwo\r\n--b--", "Content-Type: multipart/mixed; boundary=b"),
        ("one", "--bb", "two"),
    )
    yield Kind(
        "multipart in base64",
        mail(
            base64.encodebytes(b"--b\r\n\r\nwords\r\n--b--"),
            "Content-Type: multipart/mixed; boundary=b",
            "Content-Transfer-Encoding: base64",
        ),
        ("S1", "words"),
    )
    yield Kind("nested 10 deep", multi("mixed", wrapped(10, PLAIN)), ("正文一",))
    yield Kind("nested 5,000 deep", multi("mixed", PLAIN, wrapped(5000, PLAIN)), ("正文一",))
    yield Kind("5,000 parts", multi("mixed", *([PLAIN] * 5000)), ("正文一",))
    yield Kind("20,000 empty parts", multi("mixed", PLAIN, *([b""] * 20_000)), ("正文一",))
    yield Kind("line of two megabytes", mail(b"begin " + b"x" * 2**21), ("S1", "begin"))
    yield Kind("text of a megabyte", mail("字".encode() * 2**19, "Content-Type: text/plain; charset=utf-8"), ("S1",))
    yield Kind("200,000 lines", mail(b"line\r\n" * 200_000), ("line",))
    yield Kind("flowed", mail(b"one \r\ntwo\r\nthree", FLOWED), ("one two\nthree",))
    yield Kind("flowed and joined", mail("一 \r\n二".encode(), FLOWED + "; delsp=yes"), ("一二",))
    yield Kind("flowed quotation", mail(b"> one \r\n> two\r\nmine", FLOWED), ("> one two\nmine",))
    yield Kind("flowed signature", mail(b"words\r\n-- \r\nname", FLOWED), ("words\n--", "name"))
    yield Kind("enriched", mail(b"<bold>words</bold>", "Content-Type: text/enriched"), ("words",))
    yield Kind("markdown", mail(b"# words", "Content-Type: text/markdown"), ("# words",))
    pages = {
        "script": ("<script>alert(1)</script>看", "看", "alert"), "style": ("<style>p{}</style>看", "看", "p{}"), "title": ("<title>t1</title>看", "看", "t1"),
        "comment": ("<!-- hid -->看", "看", "hid"), "open comment": ("看<!-- hid", "看", "hid"), "entities": ("&#30475;&nbsp;&amp;&lt;x&gt;", "看 &<x>", "&amp;"),
        "table": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n", "<td>"), "list": ("<ul><li>a<li>b</ul>", "a\n", "<li>"),
        "break": ("a<br>b<br/>c", "a\nb\nc", "<br"), "picture": ("<img src=x alt='单据'>看", "[单据]看", "src"), "link": ("<a href='http://x.example'>看</a>", "看", "href"),
        "lone brackets": ("1 < 2 和 3 > 2", "1 < 2 和 3 > 2", "&lt;"), "unclosed": ("<p>看<b>这<i>里", "看这里", "<b>"), "upper case": ("<P>看</P><SCRIPT>x1</SCRIPT>", "看", "x1"),
        "CDATA": ("<![CDATA[hid]]>看", "看", "hid"), "conditional": ("<!--[if mso]>hid<![endif]-->看", "看", "hid"), "no tags": ("看", "看", "<"), "Word": ("<o:p>看</o:p>", "看", "o:p"),
    }  # fmt: skip
    for name, (page, shown, never) in pages.items():
        yield Kind(f"page: {name}", mail(page.encode(), HTML), (shown,), never=(never,))
    for name, many in {
        "div": b"<div>" * 200_000,
        "comments": b"<!--" * 200_000,
        "brackets": b"<" * 400_000,
        "amps": b"&amp" * 200_000,
    }.items():
        yield Kind(f"page: 200,000 {name}", mail(many + b" end", HTML), ("S1",))
    yield Kind(
        "page, charset inside",
        mail("<meta charset=gbk><p>看这里</p>".encode("gbk"), "Content-Type: text/html"),
        ("看这里",),
    )
    yield Kind("page of a picture alone", mail(b"<img src=cid:p>", HTML), ("S1",))
