"""The Kubernetes manifests start what `redress up` starts, each process with its own rights and no more."""

from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.local import keys
from ops.local.process_table import PROCESSES, WORKERS
from shared.process.settings import Settings
from shared.sealing.production import faults
from shared.sealing.signing_keys import IDENTITY, SigningKey
from tests.support.manifests import Pod, Started, of_kind, pods, started_by_up
from tests.support.secured_broker import write_certificates

FOLDER = "production"
PODS = {pod.name: pod for pod in pods(FOLDER)}
SERVING = {name: pod for name, pod in PODS.items() if name != "prepare"}
USERS = {process.name: process.user for process in PROCESSES} | {"prepare": "ops"}


def told() -> dict[str, str]:
    """What every pod is told."""
    (settings,) = [m for m in of_kind(FOLDER, "ConfigMap") if m["metadata"]["name"].startswith("redress-settings-")]
    found: dict[str, str] = settings["data"]
    return found


def test_they_start_every_process_that_up_starts_and_no_other() -> None:
    """But the sink for letters: the bank's mail server takes its place."""
    base = int(told()["REDRESS_PORTS"])
    found = {
        name: Started(pod.main["command"][-1], int(pod.own["REDRESS_HEALTH_PORT"]) - base, 0)
        for name, pod in SERVING.items()
    }

    assert {name: process for name, process in started_by_up(1).items() if name != "smtp-sink"} == found
    assert ["redress", "prepare"] == PODS["prepare"].main["command"][:2]


def test_workers_have_a_lasting_name_and_folder() -> None:
    """A pod's name is its static membership; two of each, none of which waits for the other."""
    workers = {name: pod.workload for name, pod in SERVING.items() if pod.workload["kind"] == "StatefulSet"}
    places = [row["valueFrom"] for row in SERVING["sla"].main["env"] if row["name"] == "REDRESS_MACHINE"]

    assert set(WORKERS) == workers.keys()
    assert {(2, "Parallel", "workers")} == {
        (one["spec"]["replicas"], one["spec"]["podManagementPolicy"], one["spec"]["serviceName"])
        for one in workers.values()
    }
    assert {"data"} == {c["metadata"]["name"] for one in workers.values() for c in one["spec"]["volumeClaimTemplates"]}
    assert [{"fieldRef": {"fieldPath": "metadata.name"}}] == places


def test_what_is_alone_in_its_work_is_never_there_twice() -> None:
    """The console writes its database alone, and one process reads the inbox: the old one goes before the new comes."""
    single = {n: p.workload["spec"] for n, p in SERVING.items() if p.workload["spec"]["replicas"] == 1}

    assert {"console", "intake-inbox", "intake-mail"} == single.keys()
    assert {"Recreate"} == {single[name]["strategy"]["type"] for name in ("console", "intake-inbox")}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_has_its_own_password_and_signing_key_alone(name: str) -> None:
    """Of the user that the process table says it is; its keys are readable by it alone, as production demands."""
    pod, user = PODS[name], USERS[name]
    sources = [one["secret"] for one in pod.volume("secrets")["projected"]["sources"]]
    signing = pod.volume("signing-key")["secret"]
    (copied,) = pod.spec["initContainers"]

    assert user == pod.own["REDRESS_KAFKA_SASL_USERNAME"]
    assert ["redress-connections", user] == [source["name"] for source in sources]
    assert [{"key": "password", "path": "REDRESS_KAFKA_SASL_PASSWORD"}] == sources[1]["items"]
    assert (f"redress-signing-{user}", [{"key": f"{user}.pem", "path": f"{user}.pem"}]) == (
        signing["secretName"], signing["items"],
    )  # fmt: skip
    assert "--mode=0400 --target-directory=/run/redress/keys" in copied["command"][-1]
    assert {"medium": "Memory", "sizeLimit": "1Mi"} == pod.volume("keys")["emptyDir"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_restricted(name: str) -> None:
    """As the strictest profile of Kubernetes demands, and with a read-only file system besides."""
    pod = PODS[name]
    whole, containers = pod.spec["securityContext"], [*pod.spec["initContainers"], pod.main]

    assert (True, 10001, {"type": "RuntimeDefault"}) == (
        whole["runAsNonRoot"], whole["runAsUser"], whole["seccompProfile"],
    )  # fmt: skip
    assert (False, False) == (pod.spec["automountServiceAccountToken"], pod.spec["enableServiceLinks"])
    for container in containers:
        context = container["securityContext"]
        assert (False, True) == (context["allowPrivilegeEscalation"], context["readOnlyRootFilesystem"])
        assert ["ALL"] == context["capabilities"]["drop"]
        assert {"cpu", "memory"} == container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
    assert {"restricted"} == {n["metadata"]["labels"][ENFORCED] for n in of_kind(FOLDER, "Namespace")}


ENFORCED = "pod-security.kubernetes.io/enforce"


@pytest.mark.parametrize("name", SERVING)
def test_a_pod_is_asked_how_it_goes_where_it_says_so(name: str) -> None:
    """Live and ready are two questions, at the port that it is told to serve them at."""
    pod = SERVING[name]
    asked = {kind: pod.main[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}

    assert {"startup": "/health/live", "liveness": "/health/live", "readiness": "/health/ready"} == {
        kind: one["path"] for kind, one in asked.items()
    }
    assert {"health"} == {one["port"] for one in asked.values()}
    assert int(pod.own["REDRESS_HEALTH_PORT"]) == pod.ports["health"]


def test_mail_comes_in_where_the_process_listens() -> None:
    """At BASE+25, beside the port where it says how it goes."""
    (process,) = (one for one in PROCESSES if one.name == "intake-mail")

    assert process.serves is not None
    assert int(told()["REDRESS_PORTS"]) + process.serves == SERVING["intake-mail"].ports["smtp"]


def _found_by(labels: dict[str, str]) -> list[Pod]:
    return [pod for pod in PODS.values() if labels.items() <= pod.labels.items()]


def test_whatever_names_pods_finds_some_and_the_ports_that_it_names() -> None:
    """Services, budgets and network rules: one that finds nothing would allow or protect nothing."""
    for service in of_kind(FOLDER, "Service"):
        found = _found_by(service["spec"]["selector"])
        ports = {port.get("targetPort", "health") for port in service["spec"]["ports"]}
        assert found, service
        assert all(ports <= pod.ports.keys() for pod in found), service
    for budget in of_kind(FOLDER, "PodDisruptionBudget"):
        (pod,) = _found_by(budget["spec"]["selector"]["matchLabels"])
        assert pod.workload["spec"]["replicas"] > budget["spec"]["maxUnavailable"]
    for rule in of_kind(FOLDER, "NetworkPolicy"):
        assert _chosen(rule["spec"]["podSelector"]), rule


def _chosen(selector: dict[str, object]) -> list[Pod]:
    expressions = selector.get("matchExpressions", [])
    assert isinstance(expressions, list)
    labels = selector.get("matchLabels", {})
    assert isinstance(labels, dict)
    return [pod for pod in _found_by(labels) if all(pod.labels.get(e["key"]) in e["values"] for e in expressions)]


def test_nothing_goes_in_or_out_that_no_rule_names() -> None:
    """One rule over all our pods allows nothing; the brokers' own are Strimzi's affair."""
    (deny,) = [rule for rule in of_kind(FOLDER, "NetworkPolicy") if rule["metadata"]["name"] == "nothing-else"]

    assert ["Ingress", "Egress"] == deny["spec"]["policyTypes"]
    assert not {"ingress", "egress"} & deny["spec"].keys()
    assert PODS.keys() == {pod.name for pod in _chosen(deny["spec"]["podSelector"])}


def test_notify_alone_gets_out_to_the_networks_of_webhooks_that_it_may_call() -> None:
    """One that is named in one of the two places only would never be told, and nobody would say why."""
    (rule,) = [rule for rule in of_kind(FOLDER, "NetworkPolicy") if rule["metadata"]["name"] == "webhooks"]
    (egress,) = rule["spec"]["egress"]

    assert ["notify"] == [pod.name for pod in _chosen(rule["spec"]["podSelector"])]
    assert told()["REDRESS_WEBHOOK_NETWORKS"].split(",") == [place["ipBlock"]["cidr"] for place in egress["to"]]
    assert [{"port": 443, "protocol": "TCP"}] == egress["ports"]
    assert "Egress" in rule["spec"]["policyTypes"]


def test_production_takes_what_the_pods_are_told(tmp_path: Path) -> None:
    """Every variable is a setting; with keys and addresses of databases in place nothing is unsafe."""
    keys.make(tmp_path / "keys", [])
    identity = SigningKey.of(IDENTITY, Ed25519PrivateKey.generate()).public_jwk()
    (tmp_path / "keys" / "identity.json").write_bytes(orjson.dumps({"keys": [identity]}))
    write_certificates(tmp_path).rename(tmp_path / "ca.crt")
    here = {"/run/redress/keys": str(tmp_path / "keys"), "/run/redress/ca": str(tmp_path), "/var/lib/redress": "/data"}
    variables = {key.removeprefix("REDRESS_").lower(): _moved(value, here) for key, value in told().items()}
    variables |= {"kafka_sasl_username": "ops", "kafka_sasl_password": "secret"}
    database = "postgresql://db.bank.example/redress?sslmode=verify-full"
    variables |= {"vault_url": database, "console_url": database}
    assert "/run/redress/secrets" == variables.pop("secrets")

    assert set() == variables.keys() - Settings.model_fields.keys()
    assert [] == faults(Settings.model_validate(variables))


def _moved(value: str, places: dict[str, str]) -> str:
    for there, here in places.items():
        value = value.replace(there, here)
    return value
