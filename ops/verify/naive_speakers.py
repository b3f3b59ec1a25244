"""Who speaks on a case besides the customer, told from its events alone; imports nothing of the product."""

from typing import Any

from ops.verify.naive_core import Row, name_of

WAYS = ("name", "phone", "email", "address")


def speakers(events: list[Row]) -> Row | None:
    """Who speaks now; None where just the customer does, or nobody."""
    said, places = NaiveSpeakers(), {event["id"]: place for place, event in enumerate(events)}
    for place, event in enumerate(events):
        name, data = name_of(event), event["data"]
        if name == "DutiesAdded":
            said.run_out(data["reason"], places.get(event.get("basisid"), -1))
        said.read(name, data)
        said.looked_at = place if name in ("AuthorityChecked", "RepresentativeChanged") else said.looked_at
    return said.told if said.others else None


class NaiveSpeakers:
    """Reads who speaks, event by event. ``others``: whether anybody ever did besides the customer.

    ``looked_at``: the place of the last look at who may speak.
    """

    def __init__(self) -> None:
        self.others, self.looked_at = False, -1
        self.told: Row = {
            "himself": False, "customer": None, "proxy": None, "relation": None, "authority": None, "until": None,
            "representatives": [],
        }  # fmt: skip

    def read(self, name: str, data: Row) -> None:
        """Take in one event."""
        if name in ("ComplaintReceived", "ReceiptAdded"):
            self._received(data.get("complainant"), (data.get("group") or {}).get("representatives") or [])
        elif name == "AuthorityChecked" and self.others:
            self.told |= {"authority": data["authority"], "until": data["until"]}
        elif name == "RepresentativeChanged":
            self._changed(data)

    def run_out(self, reason: str, seen: int) -> None:
        """A proved authority is only claimed again after its last day, unless it was looked at anew meanwhile."""
        if reason == "authority_ended" and self.told["authority"] == "proved" and self.looked_at <= seen:
            self.told |= {"authority": "claimed", "until": None}

    def _received(self, who: Row | None, representatives: list[Row]) -> None:
        behalf = (who or {}).get("on_behalf_of")
        if who is not None and behalf is None:
            self.told["himself"] = True
        if representatives and not self.told["representatives"]:
            self.others = True
            self.told["representatives"] = [_person(one) for one in representatives]
        if who is not None and behalf is not None and self.told["authority"] != "proved":
            self.others = True
            self._proxy(who, behalf)

    def _proxy(self, who: Row, behalf: Row) -> None:
        nobody: Row = {**dict.fromkeys(WAYS), "reachable_by": []}
        known: Row = self.told["proxy"] or nobody
        there = [way for field, way in (("email", "email"), ("phone", "phone"), ("address", "post")) if who[field]]
        reach = [*known["reachable_by"], *(way for way in there if way not in known["reachable_by"])]
        self.told |= {
            "proxy": {way: who[way] or known[way] for way in WAYS} | {"reachable_by": reach},
            "relation": behalf["relation"],
            "authority": behalf["authority"],
            "until": None,
            "customer": behalf["name"] or self.told["customer"],
        }

    def _changed(self, data: Row) -> None:
        self.others, gone = True, [name["box"] for name in data["removed"]]
        proxy = self.told["proxy"]
        if proxy is not None and proxy["name"] is not None and proxy["name"]["box"] in gone:
            self.told |= {"proxy": None, "authority": None, "relation": None, "until": None}
        left = [p for p in self.told["representatives"] if p["name"] is None or p["name"]["box"] not in gone]
        self.told["representatives"] = [*left, *(_person(one) for one in data["added"])]
        if data["proxy"] is not None:
            self.told |= {"relation": data["relation"], "authority": data["authority"], "until": None}
            self.told["proxy"] = _person(data["proxy"])


def _person(one: Row) -> dict[str, Any]:
    return {way: one[way] for way in WAYS} | {"reachable_by": list(one["reachable_by"])}
