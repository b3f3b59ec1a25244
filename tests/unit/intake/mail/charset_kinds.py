"""Kinds of messages by charsets and transfer encodings, true ones and such as lie."""

# ruff: noqa: E501 - one row is one kind

import base64
import quopri
from collections.abc import Iterator

from tests.unit.intake.mail.kinds import Kind, mail

TRUE = {
    "utf-8": "投诉：手续费“多收”了𠮷 € é", "gb2312": "投诉手续费", "gbk": "投诉镕朱", "gb18030": "投诉𠮷镕", "big5": "投訴手續費",
    "big5-hkscs": "投訴嘅", "hz-gb-2312": "投诉", "iso-8859-1": "é", "windows-1252": "“x” €", "iso-8859-15": "€",
    "windows-1251": "жалоба", "koi8-r": "жалоба", "iso-8859-7": "παράπονο", "windows-1255": "תלונה", "windows-1256": "شكوى",
    "iso-2022-jp": "苦情です", "shift_jis": "苦情", "euc-jp": "苦情", "euc-kr": "불만", "ks_c_5601-1987": "불만", "tis-620": "ร้องเรียน",
    "utf-16": "投诉", "utf-16le": "投诉", "utf-7": "投诉", "us-ascii": "complaint", "windows-1250": "ž", "macintosh": "é",
}  # fmt: skip
"""Charsets as senders call them, each with a text in it."""
CALLED = {
    '"gb2312"': "镕", "GB2312": "镕基", "x-gbk": "投诉", "cp936": "投诉", "windows-936": "投诉", "gb_2312-80": "投诉",
    "GB18030-2022": "投诉", "utf8": "投诉", "UTF-8; format=flowed": "投诉", "utf8mb4": "投诉", "unicode-1-1-utf-8": "投诉",
    "'utf-8'": "投诉", "x-unknown": "投诉", "unknown-8bit": "投诉", "default": "投诉", "no-such-charset": "投诉", "": "投诉",
    "rot13": "投诉", "idna": "投诉", "unicode_escape": "投诉", "zlib": "投诉", "utf-8-sig": "投诉", "us-ascii": "投诉",
    "utf-8\x00": "投诉", "a" * 500: "投诉", "iso-8859-1": "“引号”"[:0] or "café", "../../etc/passwd": "投诉",
}  # fmt: skip
"""Names that are wrong, odd or not one's own: the text is read all the same."""


def encoded(text: str, charset: str) -> bytes:
    """A text as its sender encodes it."""
    known = {"hz-gb-2312": "hz", "ks_c_5601-1987": "cp949", "macintosh": "mac-roman", "big5-hkscs": "big5hkscs"}
    return text.encode(known.get(charset, charset))


def kinds() -> Iterator[Kind]:
    """All of them."""
    for charset, text in TRUE.items():
        raw, typed = encoded(text, charset), f"Content-Type: text/plain; charset={charset}"
        yield Kind(f"{charset} 8bit", mail(raw, typed, "Content-Transfer-Encoding: 8bit"), (text,))
        yield Kind(
            f"{charset} base64", mail(base64.encodebytes(raw), typed, "Content-Transfer-Encoding: BASE64"), (text,)
        )
        yield Kind(
            f"{charset} qp",
            mail(quopri.encodestring(raw), typed, "Content-Transfer-Encoding: quoted-printable"),
            (text,),
        )
        word = f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
        yield Kind(f"{charset} subject", mail(b"body", subject=word), (text, "body"))
    for name, text in CALLED.items():
        raw = text.encode("gb18030" if text.startswith("镕") or "gb" in name.lower() or "936" in name else "utf-8")
        if name == "iso-8859-1":
            raw = text.encode("latin-1")
        yield Kind(f"called {name[:20]!r}", mail(raw, f"Content-Type: text/plain; charset={name}"), (text,))
    chinese = "我的信用卡被多收了手续费，请退还。"
    yield Kind("no charset, GBK", mail(chinese.encode("gbk"), "Content-Type: text/plain"), (chinese,))
    yield Kind(
        "no charset, GB18030", mail("𠮷田先生投诉".encode("gb18030"), "Content-Type: text/plain"), ("𠮷田先生投诉",)
    )
    yield Kind("no headers of type at all, UTF-8", mail(chinese.encode()), (chinese,))
    yield Kind("no headers of type at all, GBK", mail(chinese.encode("gbk")), (chinese,))
    yield Kind("says utf-8, is GBK", mail(chinese.encode("gbk"), "Content-Type: text/plain; charset=utf-8"), (chinese,))
    yield Kind(
        "says ascii, is GBK", mail(chinese.encode("gbk"), "Content-Type: text/plain; charset=us-ascii"), (chinese,)
    )
    yield Kind("says big5, is UTF-8", mail("投诉😀".encode(), "Content-Type: text/plain; charset=big5"), ("投诉😀",))
    yield Kind("bytes of no charset", mail(b"caf\xe9 \x81\x8d end", "Content-Type: text/plain"), ("caf", "end"))
    yield Kind("half a sign at the end", mail("投诉".encode()[:-1], "Content-Type: text/plain; charset=utf-8"))
    yield Kind(
        "base64 with blanks and junk",
        mail(b"5oqV 6K+J*!\r\n\r\n", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"),
        ("投诉",),
    )
    yield Kind(
        "base64 without padding",
        mail(b"5oqV6K+JYQ", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64"),
        ("投诉a",),
    )
    yield Kind("base64 in two pieces", mail(b"YQ==\r\nYg==", "Content-Transfer-Encoding: base64"), ("ab",))
    yield Kind("base64 a sign too many", mail(b"YWJjZ", "Content-Transfer-Encoding: base64"), ("abc",))
    yield Kind("says base64, is text", mail(b"!!!", "Content-Transfer-Encoding: base64"), ("S1",))
    yield Kind(
        "broken quoted-printable",
        mail(
            b"a=ZZb =E6=8A=95 end=",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ),
        ("投", "end"),
    )
    yield Kind("encoding nobody knows", mail(b"words", "Content-Transfer-Encoding: x-none"), ("words",))
    yield Kind(
        "uuencode", mail(b"begin 644 t\r\n#86)C\r\n`\r\nend\r\n", "Content-Transfer-Encoding: x-uuencode"), ("abc",)
    )
    yield Kind(
        "byte order mark",
        mail(b"\xef\xbb\xbf" + b"words", "Content-Type: text/plain; charset=utf-8"),
        ("words",),
        never=("\ufeff",),
    )
    yield Kind("NUL bytes", mail(b"a\0b\0", "Content-Type: text/plain; charset=utf-8"), ("ab",), never=("\0",))
    yield Kind("controls", mail(b"a\x07b\x1b[31m c", "Content-Type: text/plain"), ("ab", "c"), never=("\x07", "\x1b"))
