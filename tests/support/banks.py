"""The example bank and odd ones: a unit without people, people who left, one tiny office, and changes under way."""

from functools import lru_cache
from typing import Any

import yaml

from ops.local.reference import EXAMPLE_ORGANISATION
from shared.bank.reference import Reference
from tests.support.facts import document, reference

EXAMPLE = EXAMPLE_ORGANISATION.read_text(encoding="utf-8")


def _changed(change: Any, text: str = EXAMPLE) -> str:
    """The file after a change to what it says."""
    raw = yaml.safe_load(text)
    change(raw)
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)


def _left(*people: str, on: str = "2020-03-04") -> Any:
    def change(raw: dict[str, Any]) -> None:
        for row in raw["people"]:
            if row["id"] in people:
                row["until"] = yaml.safe_load(on)

    return change


def _empty_units(raw: dict[str, Any]) -> None:
    """A department and an outlet that nobody works in."""
    raw["units"] += [
        {"id": "dongqiao.cards", "name": "卡部", "kind": "department", "parent": "dongqiao"},
        {"id": "dongqiao.kiosk", "name": "自助网点", "kind": "outlet", "parent": "dongqiao"},
        {"id": "nanshan", "name": "南山支行", "kind": "sub_branch", "parent": "province"},
    ]


def _successor(raw: dict[str, Any]) -> None:
    """The lending department has another head; the former one stays as a clerk."""
    for row in raw["posts"]:
        if (row["unit"], row["post"]) == ("dongqiao.lending", "unit_head"):
            row["holders"] = ["fan.yi"]


def _supervised(raw: dict[str, Any]) -> None:
    """Somebody stands above the whole bank: a head office with an office, a head and an archivist of its own."""
    top = next(row for row in raw["units"] if row.get("parent") is None)
    above = top["parent"] = f"above-{top['id']}"
    raw["units"].append({"id": above, "name": "总行", "kind": "head_office", "email": "office@above.example"})
    for part in ("office", "head", "clerk"):
        row = {"id": f"{above}.{part}", "name": "监督", "unit": above, "email": f"{part}@{above}.example"}
        raw["people"].append(row | {"from": yaml.safe_load("2015-01-01")})
    posts = {"general_office": "office", "president": "head"}
    posts |= dict.fromkeys(("complaint_post", "archivist", "operations_head", "president_office"), "clerk")
    raw["posts"] += [{"unit": above, "post": post, "holders": [f"{above}.{who}"]} for post, who in posts.items()]


def _tiny(raw: dict[str, Any]) -> None:
    """One office of three people who hold everything."""
    raw["units"] = [{"id": "dongqiao", "name": "小行", "kind": "head_office", "email": "office@dongqiao.example"}]
    kept = [row for row in raw["people"] if row["id"] in ("lin.fang", "wu.qing", "qiu.min")]
    raw["people"] = kept
    holders = {
        "complaint_post": "lin.fang", "general_office": "wu.qing", "president": "qiu.min", "archivist": "lin.fang",
        "operations_head": "wu.qing", "president_office": "qiu.min",
    }  # fmt: skip
    raw["posts"] = [{"unit": "dongqiao", "post": post, "holders": [who]} for post, who in holders.items()]
    raw["channel_systems"] = [{"id": "hotline", "channels": ["phone"], "unit": "dongqiao"}]


BANKS: dict[str, str] = {
    "example": _changed(lambda raw: None),
    "empty_units": _changed(_empty_units),
    "left": _changed(_left("luo.tian", "he.yun", "lin.fang")),
    "tiny": _changed(_tiny),
}
"""The banks that a journey begins in."""
CHANGES: dict[str, tuple[Any, ...]] = {
    "head_left": (_left("luo.tian"),),
    "post_left": (_left("lin.fang", "wu.qing"),),
    "archivist_left": (_left("zhong.an", "ye.lan"),),
    "president_left": (_left("tao.rui", "qiu.min", "ye.lan"),),
    "successor": (_successor,),
    "supervised": (_supervised,),
}
"""What may become of a bank while a case is open."""


@lru_cache
def changed(bank: str, change: str) -> str:
    """The file of a bank after one of the changes."""
    text = BANKS.get(bank, bank)
    for one in CHANGES[change]:
        text = _changed(one, text)
    return text


_parsed: dict[Any, Any] = {}


@lru_cache
def _published(bank: str) -> Reference:
    return reference(organisation=BANKS[bank])


def published(bank: str) -> Reference:
    """The reference data of a bank; what is published later is this journey's own. What was parsed once stays so."""
    found, base = Reference(), _published(bank)
    found._documents = {key: list(rows) for key, rows in base._documents.items()}
    found._ids = dict(base._ids)
    found._parsed, found.revision = _parsed, base.revision
    return found


def publish(known: Reference, organisation: str, now: Any) -> None:
    """Another organisation comes into force now."""
    fresh = document("organisation", "bank", organisation, published_at=now)
    known.add(type(fresh)(**{name: getattr(fresh, name) for name in fresh.__slots__} | {"effective_from": now}))
