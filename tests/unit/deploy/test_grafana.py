"""The board shows every metric there is, asks nothing that Prometheus would not take, and is found by Grafana."""

from itertools import combinations
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from tests.support.manifests import DEPLOY, compose, of_kind
from tests.support.promtool import METRIC, catalogue, parsed, unknown_in

GRAFANA = DEPLOY / "grafana"
BOARD: dict[str, Any] = orjson.loads((GRAFANA / "boards" / "redress.json").read_bytes())
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
COLUMNS = 24
"""So wide is a board of Grafana."""
KINDS = {"stat", "timeseries"}
OURS = {"datasource": "${datasource}", "$__rate_interval": "1m", "$service": "routing"}
"""What Grafana puts in the place of its variables, for Prometheus to parse."""


def expressions() -> list[str]:
    """What the board asks, its variables filled in."""
    asked = [target["expr"] for panel in PANELS for target in panel["targets"]]
    asked += [one["expr"] for one in BOARD["annotations"]["list"]]
    for name, value in OURS.items():
        asked = [one.replace(name, value) for one in asked]
    return asked


def test_prometheus_takes_whatever_the_board_asks(tmp_path: Path) -> None:
    """By its own parser."""
    assert "" == parsed(expressions(), tmp_path)
    assert "" != parsed(["sum by (service (redress_owed)"], tmp_path)


def test_the_board_asks_for_what_there_is() -> None:
    """Metrics of the catalogue and what is recorded of them."""
    assert [] == [one for one in expressions() if unknown_in(one)]


def test_the_board_shows_every_metric() -> None:
    """Directly, or what is recorded of it: one that nobody sees need not be measured."""
    recorded = yaml.safe_load((DEPLOY / "prometheus" / "recording.yml").read_text(encoding="utf-8"))["groups"]
    asked = " ".join(expressions())
    shown = [rule["expr"] for group in recorded for rule in group["rules"] if rule["record"] in asked]

    assert set() == catalogue() - set(METRIC.findall(" ".join([asked, *shown])))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"].replace(" ", "-"))
def test_a_panel_says_what_it_shows_and_in_which_unit(panel: dict[str, Any]) -> None:
    """Its data come from the source that is chosen above."""
    assert panel["type"] in KINDS
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    for one in (panel, *panel["targets"]):
        assert {"type": "prometheus", "uid": "${datasource}"} == one["datasource"]
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def _cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
    at = panel["gridPos"]
    return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


def test_no_panel_lies_on_another_or_beyond_the_edge() -> None:
    """Each has a number and a title of its own, and rows are full."""
    everything = BOARD["panels"]

    assert len({panel["id"] for panel in everything}) == len(everything)
    assert [] == [
        (one["title"], other["title"]) for one, other in combinations(everything, 2) if _cells(one) & _cells(other)
    ]
    filled = [cell for panel in everything for cell in _cells(panel)]
    assert all(0 <= x < COLUMNS for x, _ in filled)
    assert len(filled) == COLUMNS * (1 + max(y for _, y in filled))


def test_grafana_finds_board_and_source_where_the_compose_file_puts_them() -> None:
    """The folder of the board, the folder of the provisioning, and Prometheus by its name."""
    (provider,) = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "redress.yaml").read_text())["providers"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "prometheus.yaml").read_text())[
        "datasources"
    ]
    services = compose()["services"]
    mounted = dict(volume.split(":")[:2] for volume in services["grafana"]["volumes"])

    assert provider["options"]["path"] == mounted["./grafana/boards"]
    assert "/etc/grafana/provisioning" == mounted["./grafana/provisioning"]
    assert ("prometheus", "http://prometheus:9090") == (source["type"], source["url"])
    assert {"watch"} == {profile for name in ("prometheus", "grafana") for profile in services[name]["profiles"]}
    assert "./prometheus:/etc/prometheus:ro" in services["prometheus"]["volumes"]


def test_a_cluster_gets_the_same_board() -> None:
    """As a ConfigMap with the label by which Grafana's sidecar finds it."""
    (found,) = of_kind("monitoring", "ConfigMap")

    assert {"grafana_dashboard": "1"} == found["metadata"]["labels"]
    assert BOARD == orjson.loads(found["data"]["redress.json"])
