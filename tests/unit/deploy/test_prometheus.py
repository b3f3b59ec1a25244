"""Alerts fire when they should, name what there is, and lead to a page; every process is asked."""

import re
from typing import Any

import pytest
import yaml

from ops.local import monitoring
from ops.local.process_table import PROCESSES
from tests.support.manifests import DEPLOY, compose, of_kind
from tests.support.paths import ROOT
from tests.support.promtool import PROMETHEUS, catalogue, promtool, rules, unknown_in

ALERTS: dict[str, Any] = {str(rule["alert"]): rule for rule in rules("alerts.yml")}
RUNBOOKS = ROOT / "docs" / "how-to" / "runbooks"
PARTS = ("What it means", "What one sees first", "The command", "What one sees then", "Whom to wake")
TESTS: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]


def test_prometheus_takes_its_configuration_and_its_rules() -> None:
    """By its own tool, the rules that the configuration names included."""
    done = promtool("check", "config", PROMETHEUS / "prometheus.yml")

    assert 0 == done.returncode, done.stdout + done.stderr


def test_alerts_fire_when_they_should_and_only_then() -> None:
    """Time series that are written by hand, and what is to come of them."""
    done = promtool("test", "rules", PROMETHEUS / "alerts_test.yml")

    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_seen_quiet_and_seen_firing(name: str) -> None:
    """A rule that can never fire looks like one that has no reason to."""
    looks = [look for test in TESTS for look in test.get("alert_rule_test", ()) if look["alertname"] == name]

    assert [False, True] == sorted({bool(look["exp_alerts"]) for look in looks})


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_how_urgent_it_is_and_where_to_read_on(name: str) -> None:
    """After how long it counts, whether it wakes somebody, and the address of its page."""
    alert = ALERTS[name]

    assert {"alert", "expr", "for", "labels", "annotations"} == alert.keys()
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"]["summary"]
    assert f"{{{{ $externalLabels.docs }}}}/how-to/runbooks/{name}.md" == alert["annotations"]["runbook_url"]
    assert set() == unknown_in(alert["expr"])


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    """Whoever is woken finds it by the alert's name."""
    assert ALERTS.keys() == {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}


@pytest.mark.parametrize("name", ALERTS)
def test_a_page_tells_the_same_five_things(name: str) -> None:
    """In the same order, with at least one command, and with the urgency that the rule has."""
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    found = [part for part in re.findall(r"^\*\*([^.(*]+?)[.*]", text, re.M) if part in PARTS]

    assert text.startswith(f"# {name}\n")
    assert list(PARTS) == found
    assert "\n$ " in text
    assert f"({ALERTS[name]['labels']['severity']}: " in text


def test_what_is_recorded_is_made_of_what_there_is() -> None:
    """A metric that was renamed would be recorded as nothing."""
    assert [] == [str(rule["record"]) for rule in rules("recording.yml") if unknown_in(str(rule["expr"]))]
    assert len(catalogue()) > 40


def test_every_process_of_the_compose_file_is_asked() -> None:
    """At the port where it says how it goes, whatever else the file starts."""
    (job,) = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    services = compose()["services"].items()
    asked = [f"{n}:{s['environment']['REDRESS_HEALTH_PORT']}" for n, s in services if n in _ours()]

    assert "redress" == job["job_name"]
    assert sorted(asked) == sorted(job["static_configs"][0]["targets"])


def _ours() -> set[str]:
    found = {name for name, service in compose()["services"].items() if service["image"].startswith("redress:")}
    return found - {"prepare"}


def test_a_service_that_nobody_serves_is_missed() -> None:
    """Of every service that `redress up` starts: one without a target has no metric that could say so."""
    named = set(re.findall(r'service="([\w-]+)"', ALERTS["RedressServiceAbsent"]["expr"]))

    assert {process.name for process in PROCESSES} == named


def test_the_operator_gets_the_same_rules() -> None:
    """`make docs` writes them."""
    assert monitoring.rules() == (DEPLOY / "kubernetes" / "monitoring" / "rules.yaml").read_text(encoding="utf-8")


def test_the_operator_finds_every_pod_that_serves() -> None:
    """By labels and a port that they have; under the same job as everywhere else."""
    (monitor,) = of_kind("monitoring", "PodMonitor")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    wanted = {one["key"]: set(one["values"]) for one in monitor["spec"]["selector"]["matchExpressions"]}
    workloads = [*of_kind("production", "StatefulSet"), *of_kind("production", "Deployment")]
    templates = [one["spec"]["template"] for one in workloads]

    assert len(PROCESSES) == len(templates)
    for template in templates:
        labels = template["metadata"]["labels"]
        assert all(labels[key] in values for key, values in wanted.items())
        assert endpoint["port"] in {port["name"] for port in template["spec"]["containers"][0]["ports"]}
    assert {"targetLabel": "job", "replacement": "redress"} in endpoint["relabelings"]
