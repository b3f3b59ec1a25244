"""Kinds of messages of which users of other desks reported that theirs lost, garbled or refused them; worded anew."""

# ruff: noqa: E501 - one row is one kind

from base64 import b64encode
from collections.abc import Iterator

from tests.unit.intake.mail.kinds import HEAD, PAGE, PLAIN, Kind, attached, mail, multi, part

UTF8 = "Content-Type: text/plain; charset=utf-8"
SAID = "正文一"
LINES = b"\r\n"


def named(
    name: str,
    raw: bytes,
    *says: str,
    files: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
    unreadable: bool = False,
) -> Kind:
    """One kind."""
    return Kind(name, raw, says, files, unreadable, never)


def kinds() -> Iterator[Kind]:
    """All of them."""
    yield from _charsets()
    yield from _encodings()
    yield from _heads()
    yield from _types()
    yield from _trees()
    yield from _files()
    yield from _words()


def _charsets() -> Iterator[Kind]:
    """What programs write where the name of a charset should stand."""
    for said in (
        "utf-8,",
        "utf_8",
        "UTF 8",
        "utf-8utf-8",
        "3Dutf-8",
        "utf-8; charset=utf-8",
        "utf-8 (Unicode)",
        "<utf-8>",
    ):
        yield named(
            f"charset {said!r}", mail("退款申请".encode(), f"Content-Type: text/plain; charset={said}"), "退款申请"
        )
    for said, codec, text in (
        ("cp-850", "cp850", "Gebühr zu hoch"), ("cp-1252", "cp1252", "“Gebühr”"), ("windows-1258", "cp1258", "Phí quá cao"),
        ("iso-2022-kr", "iso2022_kr", "수수료 문의"), ("x-mac-cyrillic", "mac_cyrillic", "Возврат"), ("koi8-u", "koi8_u", "Повернення"),
        ("iso-8859-8-i", "iso8859-8", "עמלה"), ("ibm866", "cp866", "Возврат"), ("windows-31j", "cp932", "手数料①"),
    ):  # fmt: skip
        yield named(f"charset {said!r}", mail(text.encode(codec), f"Content-Type: text/plain; charset={said}"), text)
    page = '<meta http-equiv=3D"Content-Type" content=3D"text/html; charset=3Dgb2312"><p>=B6=E0=CA=D5=B7=D1</p>'
    yield named(
        "charset only in a page in quoted-printable",
        mail(page.encode(), "Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable"), "多收费",
    )  # fmt: skip
    page = '<html><head><meta charset="gb2312"></head><body>多收费</body></html>'
    yield named(
        "page that says another charset than its header",
        mail(page.encode(), "Content-Type: text/html; charset=utf-8"),
        "多收费",
    )
    for said in ("iso-8859-1", "us-ascii"):
        yield named(
            f"umlauts in quoted-printable as {said}",
            mail(
                b"zu hoch =E4=F6=FC",
                f"Content-Type: text/plain; charset={said}",
                "Content-Transfer-Encoding: quoted-printable",
            ),
            "zu hoch",
        )


def _encodings() -> Iterator[Kind]:
    """Transfer encodings that are written wrongly, or were spoilt on the way."""
    word = b64encode("多收费三十元".encode())
    for said in ("base64;", " Base64 ", '"base64"', "base64 (encoded)", "base-64"):
        yield named(f"encoding {said!r}", mail(word, UTF8, f"Content-Transfer-Encoding: {said}"), "多收费三十元")
    for said in ("7 bit", "8-bit", "utf-8", "binary;", "none"):
        yield named(f"encoding {said!r}", mail("多收费".encode(), UTF8, f"Content-Transfer-Encoding: {said}"), "多收费")
    for said in ("quoted_printable", "Quoted-Printable;", "QUOTED-PRINTABLE"):
        yield named(f"encoding {said!r}", mail(b"=E5=A4=9A", UTF8, f"Content-Transfer-Encoding: {said}"), "多")
    footer = (
        b"\r\n_______________________________________________\r\nlist mailing list, see https://list.example/info\r\n"
    )
    yield named(
        "footer of a list behind base64", mail(word + footer, UTF8, "Content-Transfer-Encoding: base64"), "多收费三十元"
    )
    padded = b64encode("多收费三十元。".encode() + b"x")
    yield named(
        "footer of a list behind padded base64",
        mail(padded + footer, UTF8, "Content-Transfer-Encoding: base64"),
        "多收费三十元",
    )
    long = b64encode("多收费三十元。".encode() * 2000)
    yield named(
        "base64 on one line of 50,000 signs", mail(long, UTF8, "Content-Transfer-Encoding: base64"), "多收费三十元"
    )
    yield named(
        "quoted-printable with lone line ends",
        mail(b"=E5=A4=\n=9A=20\nzwei=\n", UTF8, "Content-Transfer-Encoding: quoted-printable"),
        "多",
        "zwei",
    )
    yield named(
        "quoted-printable in small letters",
        mail(b"=e5=a4=9a=3d", UTF8, "Content-Transfer-Encoding: quoted-printable"),
        "多=",
    )


def _heads() -> Iterator[Kind]:
    """Heads that other programs spoilt."""
    body = LINES + "多收费".encode("gb2312")
    plain = b"Content-Type: text/plain; charset=gb2312\r\n"
    yield named(
        "mark of a file's beginning before the head",
        b"\xef\xbb\xbf" + HEAD + plain + b"Subject: S1\r\n" + body,
        "S1",
        "多收费",
        never=("Message-ID",),
    )
    yield named(
        "empty line before the head",
        b"\r\n" + HEAD + plain + b"Subject: S1\r\n" + body,
        "S1",
        "多收费",
        never=("Message-ID",),
    )
    yield named(
        "line of blanks within the head",
        HEAD + b"References: <a@b.example>\r\n \r\n" + plain + b"Subject: S1\r\n" + body,
        "S1",
        "多收费",
        never=("References", "Content-Type"),
    )
    yield named(
        "line of a tab within the head",
        HEAD + b"X-Long: a\r\n\t\r\n" + plain + b"Subject: S1\r\n" + body,
        "S1",
        "多收费",
        never=("X-Long", "Content-Type"),
    )
    yield named(
        "head ended by a line of blanks", HEAD + b"Subject: S1\r\n  \r\n" + b"fee\r\n\r\ntwo", "S1", "fee", "two"
    )
    yield named(
        "subject folded without a blank",
        HEAD + b"Subject: S1 part\r\nof two lines\r\n" + plain + body,
        "S1 part",
        "多收费",
    )
    yield named(
        "headers in capitals",
        HEAD + b"SUBJECT: S1\r\nCONTENT-TYPE: TEXT/PLAIN; CHARSET=GB2312\r\n" + body,
        "S1",
        "多收费",
    )
    yield named(
        "5,000 recipients",
        HEAD + b"To: " + b", ".join(b"u%d@x.example" % n for n in range(5000)) + LINES + plain + body,
        "多收费",
    )
    yield named(
        "10,000 references",
        HEAD + b"References: " + b"\r\n ".join(b"<%d@x.example>" % n for n in range(10_000)) + LINES + plain + body,
        "多收费",
    )
    for name, subject, shown in (
        ("of little pictures", "=?utf-8?B?8J+YoA==?= fee", "😠 fee"), ("cut within a word", "=?utf-8?B?5aSa\r\n 5pS2?=", "多收"),
        ("in a word of 600 signs", f"=?utf-8?B?{b64encode('多收费'.encode() * 50).decode()}?=", "多收费多收费"),
        ("encoded twice", "=?utf-8?Q?=3D=3Futf-8=3FQ=3Ffee=3F=3D?=", "fee"), ("in quotes", '"=?utf-8?B?5aSa?="', "多"),
        ("raw and encoded", "多 =?utf-8?B?5pS2?=", "多 收"), ("in two charsets", "=?utf-8?B?5aSa?= =?gb2312?B?ytU=?=", "多收"),
        ("in iso-2022-jp", "=?iso-2022-jp?B?GyRCPGo/dE5BGyhC?=", "手数料"), ("with a blank in the word", "=?utf-8?Q?zu hoch?= x", "zu hoch"),
    ):  # fmt: skip
        yield named(f"subject {name}", mail(b"t", subject=subject), shown)


def _types() -> Iterator[Kind]:
    """Types that no standard knows, or that stand where they should not."""
    for said in (
        "plain/text",
        "=?utf-8?B?dGV4dC9wbGFpbg==?=",
        "text/plain, text/plain",
        "text/plain charset=utf-8",
        "text;charset=utf-8",
        "TEXT/plain;;charset=utf-8;",
        "text/plain\\; charset=utf-8",
    ):
        yield named(f"type {said[:24]!r}", mail("多收费".encode(), f"Content-Type: {said}"), "多收费")
    for kind in ("form-data", "x-mixed-replace", "voice-message", "appledouble", "parallel", "x-unheard-of"):
        yield named(f"multipart/{kind}", multi(kind, PLAIN, attached("filename=a.pdf")), SAID, files=("a.pdf",))
    body = b"--x=_y\r\n" + PLAIN + b"\r\n--x=_y--\r\n"
    yield named(
        "boundary with an equals sign and no quotes",
        mail(body, "Content-Type: multipart/alternative; boundary=x=_y; charset=utf-8"),
        SAID,
    )
    yield named(
        "boundary in single quotes",
        mail(body.replace(b"x=_y", b"xy"), "Content-Type: multipart/mixed; boundary='xy'"),
        SAID,
    )
    yield named(
        "boundary with blanks behind its lines",
        mail(body.replace(b"x=_y\r\n", b"x=_y  \t\r\n"), 'Content-Type: multipart/mixed; boundary="x=_y"'),
        SAID,
    )
    yield named(
        "a document alone",
        mail(b"%PDF-1.4 scan", 'Content-Type: application/pdf; name="scan.pdf"'),
        "S1",
        files=("scan.pdf",),
    )
    yield named(
        "rich text alone, and a subject", mail(rb"{\rtf1 fee}", "Content-Type: text/rtf"), "S1", files=("attachment-1",)
    )
    yield named(
        "rich text alone",
        mail(rb"{\rtf1 fee}", "Content-Type: text/rtf", subject=None),
        files=("attachment-1",),
        unreadable=True,
    )
    yield named(
        "plain text whose headers are a page's",
        mail(b"<p>fee &amp; charge</p>", "Content-Type: text/html"),
        "fee & charge",
    )


def _trees() -> Iterator[Kind]:
    """Parts in an order that other desks did not think of."""
    footer = part(b"-- \r\nlist footer", UTF8)
    picture = attached("filename=p.png", b"\x89PNG\r\n\x1a\n", "image/png").replace(b"attachment", b"inline")
    yield named("page and a footer of a list in plain", multi("mixed", PAGE, footer), "网页一", "list footer")
    yield named(
        "text, picture, text",
        multi("mixed", PLAIN, picture, part(b"after it", UTF8)),
        SAID,
        "after it",
        files=("p.png",),
    )
    inner = (
        b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n"
        + PAGE
        + b"\r\n--i\r\n"
        + attached("filename=a.pdf")
        + b"\r\n--i--"
    )
    yield named("file within an alternative", multi("alternative", PLAIN, inner), SAID, files=("a.pdf",))
    yield named(
        "text in an alternative that holds pages and files alone",
        multi("alternative", inner),
        "网页一",
        files=("a.pdf",),
    )
    table = part(
        b"a;b\r\n1;2", "Content-Type: text/csv; charset=utf-8", "Content-Disposition: attachment; filename=t.csv"
    )
    yield named("table before the page", multi("mixed", table, PAGE), "网页一", files=("t.csv",), never=("1;2",))
    yield named("file and no body", multi("mixed", attached("filename=a.pdf")), "S1", files=("a.pdf",), never=("PDF",))
    yield named(
        "empty text, empty page, a file",
        multi(
            "mixed",
            part(b"=0D\r\n", UTF8, "Content-Transfer-Encoding: quoted-printable"),
            part(b"", "Content-Type: text/html"),
            attached("filename=t.txt", b"t", "text/plain"),
        ),
        "S1",
        files=("t.txt",),
    )
    yield named(
        "page for machines beside plain and page",
        multi("alternative", PLAIN, part(b"<html amp4email>x</html>", "Content-Type: text/x-amp-html"), PAGE),
        SAID,
        files=("attachment-1",),
        never=("amp4email",),
    )
    inline = part(
        "短信正文".encode(),
        'Content-Type: text/plain; charset=utf-8; name="text_0.txt"',
        'Content-Disposition: inline; filename="text_0.txt"',
    )
    yield named(
        "text of a telephone in a file, nothing else",
        multi("mixed", inline, subject=""),
        "短信正文",
        files=("text_0.txt",),
    )
    yield named(
        "text with a name and no disposition",
        multi("mixed", part("正文二".encode(), 'Content-Type: text/plain; charset=utf-8; name="body.txt"')),
        "正文二",
    )
    yield named(
        "text said to be inline", multi("mixed", part("正文二".encode(), UTF8, "Content-Disposition: inline")), "正文二"
    )
    key = attached("filename=publickey.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----", "application/pgp-keys")
    protected = PLAIN.replace(b"charset=utf-8", b'charset=utf-8; protected-headers="v1"')
    yield named(
        "signed by a program that adds its key",
        multi(
            "signed",
            multi("mixed", protected, key)
            .partition(b"MIME-Version: 1.0\r\n")[2]
            .replace(b'"b"', b'"k"')
            .replace(b"--b", b"--k"),
            attached("filename=signature.asc", b"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"),
        ),
        SAID,
        files=("publickey.asc", "signature.asc"),
    )
    reply = part(
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR", "Content-Type: text/calendar; method=REPLY; charset=utf-8"
    )
    yield named("answer of a calendar with no text", multi("alternative", reply), "S1", files=("attachment-1",))
    sent_on = HEAD + b"Subject: inner\r\n\r\ninner text"
    yield named(
        "forwarded as a file, in base64",
        multi(
            "mixed",
            PLAIN,
            part(b64encode(sent_on), "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64"),
        ),
        SAID,
        files=("forwarded_message-1.eml",),
    )
    yield named(
        "part of a message in pieces",
        mail(b"Subject: x\r\n\r\ny", 'Content-Type: message/partial; id="a@b"; number=1; total=2'),
        "S1",
        files=("attachment-1",),
    )
    yield named(
        "body that lies elsewhere",
        mail(
            b"Content-Type: image/png\r\n\r\n",
            'Content-Type: message/external-body; access-type=URL; URL="http://x.example"',
        ),
        "S1",
        files=("attachment-1",),
    )


def _files() -> Iterator[Kind]:
    """Names of files that other desks showed as nonsense, or lost."""
    for written, shown in {
        'filename="=?utf-8?B?5rWB?=\r\n =?utf-8?B?5rC0LnBkZg==?="': "流水.pdf", "filename==?utf-8?Q?a=2Epdf?=": "a.pdf",
        "filename*0*=utf-8''%E6%B5%81; filename*1*=%E6%B0%B4.pdf": "流水.pdf", "filename*1=b.pdf; filename*0=a": "ab.pdf",
        'filename*="utf-8\'\'%E6%B5%81.pdf"': "流.pdf", 'filename="a.pdf "': "a.pdf", 'filename="a.pdf."': "a.pdf",
        'filename="\U0001f600.pdf"': "\U0001f600.pdf", 'filename="%E6%B5%81.pdf"': "%E6%B5%81.pdf", "filename='single.pdf'": "'single.pdf'",
        'filename="a\r\n b.pdf"': "a b.pdf", "filename =  spaced.pdf": "spaced.pdf", 'filename="=?iso-2022-jp?B?GyRCPGo/dBsoQi5wZGY=?="': "手数.pdf",
        'filename="=?utf-8?Q?a=2Fb.pdf?="': "b.pdf", "filename*=UTF-8'zh'%E6%B5%81.pdf": "流.pdf", 'filename="a&amp;b.pdf"': "a&amp;b.pdf",
    }.items():  # fmt: skip
        yield named(f"file named {written[:34]!r}", multi("mixed", attached(written)), "S1", files=(shown,))
    only = part(b"%PDF-1.4", "Content-Type: application/pdf; name*=utf-8''%E6%B5%81.pdf")
    yield named("file named in its type alone", multi("mixed", only), "S1", files=("流.pdf",))
    raw = attached("filename=流.pdf").replace("流".encode(), "流".encode("gbk"))
    yield named("file named in raw GBK", multi("mixed", raw), "S1", files=("流.pdf",))
    described = part(
        b"%PDF-1.4", "Content-Type: application/pdf", "Content-Description: scan", "Content-Disposition: attachment"
    )
    yield named("file with no name", multi("mixed", described), "S1", files=("attachment-1.pdf",))
    bare = part(b"\x89PNG\r\n\x1a\n", "Content-Type: image/png", "Content-ID: image001.png@x")
    yield named(
        "picture whose id has no brackets", multi("related", PAGE, bare), "网页一", files=("inline_picture-1.png",)
    )
    yield named(
        "what only Outlook opens, called bytes",
        multi("mixed", PLAIN, attached("filename=winmail.dat", b"\x78\x9f\x3e\x22", "application/octet-stream")),
        SAID,
        files=("winmail.dat",),
    )
    yield named(
        "two files of one name",
        multi("mixed", attached("filename=a.pdf"), attached("filename=a.pdf", b"%PDF-1.5")),
        "S1",
        files=("a.pdf", "a.pdf"),
    )


def _words() -> Iterator[Kind]:
    """Texts that other desks cut away, or took for nothing."""
    for name, text, says in (
        ("signature alone", "-- \r\n甲某\r\n0000-1", ("甲某", "0000-1")), ("quotation alone", "> 您好\r\n> 请退款", ("请退款",)),
        ("answer below the quotation", "> 请问金额\r\n三十元", ("请问金额", "三十元")),
        ("answer within the quotation", "> 一\r\n甲\r\n> 二\r\n乙", ("甲", "乙")),
        ("answer above a line of ours", "三十元\r\n\r\n----- 原始邮件 -----\r\n发件人: x", ("三十元", "原始邮件")),
        ("forwarded in the text", "请看\r\n---------- Forwarded message ---------\r\nFrom: y@x.example\r\n\r\n多收费", ("请看", "多收费")),
        ("line of minus signs first", "-----\r\n多收费", ("多收费",)), ("words from right to left", "\u202eعمولة\u202c fee", ("عمولة", "fee")),
        ("full-width blanks", "\u3000\u3000多收费\u3000", ("多收费",)), ("a dot first", ".多收费", (".多收费",)),
        ("From first in a line", "From here on 多收费", ("From here on",)), ("signs joined without width", "多\u200b收\u200d费", ("多",)),
    ):  # fmt: skip
        yield named(name, mail(text.encode(), UTF8), *says)
    for name, page, says, never in (
        ("picture within the address of a picture", f'<p>fee</p><img src="data:image/png;base64,{"A" * 100_000}">', ("fee",), ("AAAA",)),
        ("page of a field and its words", "<textarea>多收费</textarea><button>send</button>", ("多收费",), ()),
        ("page with quotation", "<div>三十元</div><blockquote>请问金额</blockquote>", ("三十元", "请问金额"), ("<",)),
        ("page cut in the middle of a tag", "<p>多收费</p><a hre", ("多收费",), ("hre",)),
        ("page with a greater-than in an attribute", '<p title="a>b">fee</p>', ("fee",), ()),
        ("page of another encoding of blanks", "fee&#160;30&ensp;CNY&nbsp;", ("fee 30",), ("&",)),
        ("page whose head never ends", "<html><head><title>t</title><body><p>多收费</p>", ("多收费",), ()),
        ("page whose style never ends", "<p>多收费</p><style>p {color: red", ("多收费",), ("color",)),
        ("page of a template of a program", "<p>多收费</p><o:p>&nbsp;</o:p><![if !vml]>x<![endif]>", ("多收费",), ("vml",)),
    ):  # fmt: skip
        yield Kind(name, mail(page.encode(), "Content-Type: text/html; charset=utf-8"), says, never=never)
    blank = "<p>&nbsp;</p><br><p>\u200b</p>"
    yield named(
        "page of blanks, no subject",
        mail(blank.encode(), "Content-Type: text/html; charset=utf-8", subject=None),
        unreadable=True,
    )
