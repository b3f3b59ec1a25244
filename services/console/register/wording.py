"""The register in a reader's language: headers, and codes, units and people in words; or as keys for programs. Pure."""

from collections.abc import Callable
from enum import StrEnum

from services.console.register.columns import COLUMNS, Cell, Holds
from shared.bank.organisation import Organisation
from shared.bank.pack import Pack
from shared.contract.words import WORDS


class Headers(StrEnum):
    """How a file of the register is headed; with ``key`` its cells keep their codes and ids."""

    ZH = "zh"
    EN = "en"
    KEY = "key"


STATES = {
    "received": ("已登记", "received"),
    "routed": ("已分派", "routed"),
    "accepted": ("已接办", "accepted"),
    "in_handling": ("办理中", "being handled"),
    "decided": ("已决定", "decided"),
    "replied": ("已答复", "replied"),
    "reported": ("已报告", "reported"),
    "closed": ("已结案", "closed"),
    "archived": ("已归档", "archived"),
    "withdrawn": ("已撤回", "withdrawn"),
    "not_accepted": ("不作为投诉办理", "not accepted"),
    "reopened": ("重新办理", "reopened"),
    "erased": ("资料已删除", "erased"),
}
CLOCKS = {
    "running": ("进行中", "running"),
    "paused": ("已暂停", "paused"),
    "met": ("按时办结", "met"),
    "breached": ("已超时限", "breached"),
    "stopped": ("已停止", "stopped"),
}
ORIGINS = {
    "none": ("客户本人", "the customer"),
    "upper_branch": ("上级行", "upper branch"),
    "regulator": ("监管机构", "regulator"),
    "pbc": ("人民银行", "People's Bank"),
    "government": ("政府部门", "government"),
    "consumer_body": ("消费者组织", "consumer body"),
    "media": ("媒体", "media"),
}
RELATIONS = {
    "same_receipt": ("再次来件", "further receipt"),
    "same_matter": ("同一事项", "same matter"),
    "repeat": ("重复投诉", "repeat"),
    "review": ("核查", "review"),
}
DOCUMENTS = {
    "id_card": ("居民身份证", "identity card"),
    "passport": ("护照", "passport"),
    "other": ("其他证件", "another document"),
}
AUTHORITIES = {
    "claimed": ("尚待核验", "yet to be proved"),
    "proved": ("已获证明", "proved"),
    "not_proved": ("未获证明", "not proved"),
}
ANSWERS = {"True": ("是", "yes"), "False": ("否", "no")}
OUTCOMES = {"settled": ("当场解决", "settled on the spot")}
PRODUCTS = {
    "deposit": ("存款", "deposit"), "savings": ("储蓄存款", "savings"), "loan": ("贷款", "loan"),
    "mortgage": ("个人住房贷款", "mortgage"), "consumer_loan": ("个人消费贷款", "consumer loan"),
    "credit_card": ("信用卡", "credit card"), "debit_card": ("借记卡", "debit card"),
    "wealth_management": ("理财产品", "wealth management"), "fund": ("代销基金", "fund"),
    "insurance": ("代销保险", "insurance"), "payment": ("支付结算", "payment"), "transfer": ("转账汇款", "transfer"),
    "foreign_exchange": ("外汇业务", "foreign exchange"), "precious_metals": ("贵金属", "precious metals"),
}  # fmt: skip
BUSINESS_CHANNELS = {
    "counter": ("网点柜台", "counter"), "outlet": ("营业网点", "outlet"), "atm": ("自助设备", "cash machine"),
    "self_service": ("自助设备", "self-service machine"), "mobile": ("手机银行", "mobile banking"),
    "mobile_banking": ("手机银行", "mobile banking"), "online_banking": ("网上银行", "online banking"),
    "telephone_banking": ("电话银行", "telephone banking"), "third_party": ("第三方渠道", "third party"),
}  # fmt: skip
"""Codes that banks use: shown by name, the code beside. One of a bank's own list that is not among them stays."""
BESIDE = ("{}（{}）", "{} ({})")
BETWEEN = ("；", "; ")
"""Stands between several in one cell."""
OF_COLUMN = {
    "state": STATES,
    "clock": CLOCKS,
    "source": ORIGINS,
    "relation": RELATIONS,
    "identity_kind": DOCUMENTS,
    "authority": AUTHORITIES,
    "outcome": OUTCOMES,
    "product": PRODUCTS,
    "business_channel": BUSINESS_CHANNELS,
}
"""The words of codes that stand in one column only; all others are in ``shared.contract.words``."""


def headers(said: Headers) -> list[str]:
    """The headers of a file."""
    match said:
        case Headers.ZH:
            return [column.zh for column in COLUMNS]
        case Headers.EN:
            return [column.en for column in COLUMNS]
        case Headers.KEY:
            return [column.key for column in COLUMNS]


def wording(said: Headers, organisation: Organisation, pack: Pack) -> Callable[[list[Cell]], list[Cell]]:
    """What puts the cells of a line into the words of a language, classes into those of their pack.

    Under keys they stay as they are. What says the cells of each column is looked up once for all lines.
    """
    if said is Headers.KEY:
        return lambda cells: cells
    columns = [(column.holds, _words(column.key, said, organisation, pack, column.holds)) for column in COLUMNS]

    def worded(cells: list[Cell]) -> list[Cell]:
        return [
            cell if cell is None else _worded(cell, holds, said, word)
            for cell, (holds, word) in zip(cells, columns, strict=True)
        ]

    return worded


def _worded(cell: Cell, holds: Holds, said: Headers, word: Callable[[str], str]) -> Cell:
    if isinstance(cell, bool):
        return word(str(cell))
    if not isinstance(cell, str) or holds is Holds.TEXT:
        return cell
    return BETWEEN[said is not Headers.ZH].join(word(one) for one in cell.split("; "))


def _words(key: str, said: Headers, organisation: Organisation, pack: Pack, holds: Holds) -> Callable[[str], str]:
    """What says a code, a unit or a person of a column; whatever has no words stays as it is."""
    at = 0 if said is Headers.ZH else 1

    def word(one: str) -> str:
        if holds is Holds.UNIT:
            return organisation.units[one].called(said)
        if holds is Holds.PERSON:
            return organisation.people[one].called(said)
        if key == "class":
            return pack.words_for(one, said)
        own = OF_COLUMN.get(key, {}).get(one) or ANSWERS.get(one)
        if own and holds is Holds.BANK_CODE:
            return BESIDE[at].format(own[at], one)
        return own[at] if own else WORDS[said].get(one, one)

    return word
