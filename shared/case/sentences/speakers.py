"""What a timeline says of who speaks for a customer."""

from shared.case.sentences.acts import did
from shared.case.sentences.telling import Sentences, Telling
from shared.contract.events.stored.speakers import RepresentativeChangedData


def _change(t: Telling[RepresentativeChangedData]) -> str:
    """How many speak no longer, and how many do from now on; and as what somebody does for the customer."""
    data = t.data
    gone, more, proxy = len(data["removed"]), len(data["added"]), data["relation"]
    if t.zh:
        parts = [f"免去{gone}人"] * bool(gone) + [f"新增代表{more}人"] * bool(more)
        proved = "已证明" if data["authority"] == "proved" else "待核验"
        return "，".join([*parts, *([f"由{t.word(proxy)}代表客户（代理权{proved}）"] if proxy else [])])
    parts = [f"{gone} no longer"] * bool(gone) + [f"{more} more for the joint complaint"] * bool(more)
    proved = "proved" if data["authority"] == "proved" else "yet to be proved"
    return ", ".join([*parts, *([f"{t.word(proxy)} for the customer (authority {proved})"] if proxy else [])])


SENTENCES: Sentences = {
    "AuthorityChecked": did(
        lambda t: "核验了代理权：" + ("已获证明" if t.data["authority"] == "proved" else "未获证明"),
        lambda t: (
            "looked at the papers: it is "
            + ("proved" if t.data["authority"] == "proved" else "not proved")
            + " that the complainant may speak for the customer"
        ),
    ),
    "RepresentativeChanged": did(
        lambda t: f"登记了代理人、代表的变更：{_change(t)}",
        lambda t: f"recorded who speaks from now on: {_change(t)}",
    ),
}
