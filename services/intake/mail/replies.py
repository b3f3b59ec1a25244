"""Replies of the mail listener: English for every code, Chinese beside it where the other side reads UTF-8."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "250": ("taken", "已收到"),
    "451": ("not taken now, send it again", "暂时无法接收，请稍后重发"),
    "452": ("too much at once, send it again", "暂时繁忙，请稍后重发"),
    "550": ("no such recipient here", "没有这个收件人"),
    "552": ("the message is larger than 30 MiB", "邮件超过30 MiB"),
    "554": ("this message belongs to a case that was erased", "该邮件所属投诉已删除"),
}
GREETED_554: Final = "554 this listener takes mail of the bank's own mail server only"
BUSY_421: Final = "421 too many connections, come again"
SILENT_421: Final = "421 too much, or too late"


def reply(code: str, *, chinese: bool = False) -> str:
    """The line that answers."""
    english, own = WORDS[code]
    return f"{code} {english} {own}" if chinese else f"{code} {english}"
