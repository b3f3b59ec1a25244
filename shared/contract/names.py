"""What a name may hold: it stands in letters to addresses that anybody can give, so it carries no message of his.

A name that holds a link, an address or markup would make the bank's letters a relay for other people's texts.
"""

import re
import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

from shared.contract.bodies import BYTE_ORDER_MARK, SHAPELESS, Matches, typed, wrong

NAME_LIMIT = 100
"""Characters: the longest names of people and firms stay below; a message does not fit."""
NO_SIGNS = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Line ends, controls, signs that turn the direction of writing. Private use stays: rare names are written with it."""
DROPPED = dict.fromkeys(map(ord, BYTE_ORDER_MARK + "\u200b\u2060\u00ad"))
"""Zero-width space, word joiner and soft hyphen too: they come with names that are copied from pages."""
MARKUP = re.compile(r"[<>{}|\\\[\]`@]|://|&\w+;|&#")
DOMAIN = re.compile(
    r"www\.|[a-z0-9-]{2,}\.(?:com|net|org|info|biz|cn|hk|tw|io|me|cc|tk|ru|top|xyz|vip|app|dev|link|site|shop|club|online|"
    r"公司|网络|中国|example|test)(?![a-z])",
    re.IGNORECASE,
)
"""What mail programs make a link of without being asked."""
ORGANISATION_ENDS = "局委会部行院办处社台府署司厅所站心线报网队庭团校店"
BODY = rf"^(?:[A-Za-z][A-Za-z0-9_.-]{{0,63}}|[\u4e00-\u9fff（）·]{{1,39}}[{ORGANISATION_ENDS}])$"
REFERENCE = r"^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff〔〕（）()\[\]/_#.-]{0,63}$"


def name(value: str) -> str:
    """Refuses what no name holds; the rest is sealed like any typed text."""
    value = value.translate(DROPPED)
    seen = unicodedata.normalize("NFKC", value)
    if any(unicodedata.category(sign) in NO_SIGNS for sign in value):
        raise wrong("name_lines")
    if MARKUP.search(seen) or DOMAIN.search(seen):
        raise wrong("name_markup")
    return typed(value)


def mailable(value: str) -> str:
    """The address as every mail server takes it, judged by how it is written alone: no name is looked up.

    A domain in other letters than ASCII becomes its ``xn--`` form, a full-width dot a dot (RFC 5890).
    """
    try:
        ascii_form = validate_email(value, check_deliverability=False).ascii_email
    except EmailNotValidError:
        ascii_form = None
    if ascii_form is None:
        raise wrong("not_mailable")
    return typed(value if value.isascii() else ascii_form)


NO_NAME = (
    "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u206f"
    "<>{}|\\\\\\[\\]`@\\uff1c\\uff1e\\uff5b\\uff5d\\uff5c\\uff3c\\uff3b\\uff3d\\uff40\\uff20"
)
"""What no name holds, as a pattern has it: line ends, controls, signs of direction, markup, also in full width."""
IS_NAME = Matches(f"^[^{NO_NAME}]*[^{SHAPELESS}{NO_NAME}][^{NO_NAME}]*$")
Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LIMIT), AfterValidator(name), IS_NAME]
"""What somebody is called: sealed, and quoted in letters."""
MailAddress = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"), AfterValidator(mailable)]
"""Where mail goes: sealed, as every mail server takes it."""
BodyName = Annotated[str, StringConstraints(max_length=64, pattern=BODY)]
"""A public body: a code, or its Chinese name, which ends as those of bodies do. It names a creditor, in the clear."""
Reference = Annotated[str, StringConstraints(max_length=64, pattern=REFERENCE)]
"""Under which a body keeps a matter, such as R-7 or 银保监访〔2020〕12号: no blanks, so no sentence."""
