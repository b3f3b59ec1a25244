"""The manifests fit their schemas, and topics, users and brokers are those that Redress asks for."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from ops.local import strimzi
from ops.local.acls import principals
from ops.local.process_table import PROCESSES
from ops.local.topics import broker_differences
from tests.support.manifests import DEPLOY, of_kind, rendered

VERSIONS = ("v1.30.0", "v1.37.0")
"""Of Kubernetes: one that old clusters run, and the newest whose schemas are at hand."""
DEFINITIONS = "/api/_definitions.json"
MANIFESTS = [manifest for manifest in rendered("production") if "strimzi" not in manifest["apiVersion"]]


@cache
def schema_of(version: str, api: str, kind: str) -> jsonschema_rs.Validator:
    """Kubernetes' own schema of a kind, closed: a field that it does not know is a fault."""
    spec = find_spec("kubernetes_validate")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema" / f"{version}-local-strict"
    group, _, number = api.rpartition("/")
    name = "-".join(part for part in (kind.lower(), group.partition(".")[0], number) if part)
    text = (folder / f"{name}.json").read_text(encoding="utf-8").replace(DEFINITIONS, "")
    return jsonschema_rs.validator_for({**orjson.loads(text), "$defs": _definitions(folder)})


@cache
def _definitions(folder: Path) -> Any:
    text = (folder / "_definitions.json").read_text(encoding="utf-8").replace(DEFINITIONS, "")
    return orjson.loads(text)["$defs"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda m: f"{m['kind']}-{m['metadata']['name']}")
def test_every_manifest_fits_its_schema(manifest: dict[str, Any], version: str) -> None:
    """Strictly, in an old version of Kubernetes and a new one."""
    schema = schema_of(version, manifest["apiVersion"], manifest["kind"])

    assert [] == [f"{list(fault.instance_path)}: {fault.message}" for fault in schema.iter_errors(manifest)]


def test_a_field_that_kubernetes_does_not_know_would_be_found() -> None:
    """The schemas are the closed ones."""
    (job,) = of_kind("production", "Job")

    assert not schema_of(VERSIONS[0], "batch/v1", "Job").is_valid({**job, "spec": {**job["spec"], "restarts": 3}})


@pytest.mark.parametrize(
    ("name", "made"), [("topics.yaml", strimzi.topic_manifests), ("users.yaml", strimzi.user_manifests)]
)
def test_topics_and_users_are_those_of_their_declarations(name: str, made: Any) -> None:
    """`make docs` writes them."""
    assert made() == (DEPLOY / "kubernetes" / "strimzi" / name).read_text(encoding="utf-8")


def test_every_process_has_a_user_on_the_brokers() -> None:
    """Each principal of the rights is a KafkaUser, and every process is one of them."""
    users = {user["metadata"]["name"] for user in of_kind("production", "KafkaUser")}

    assert {who.removeprefix("User:") for who in principals()} == users
    assert {process.user for process in PROCESSES} <= users
    assert all(user["spec"]["authorization"]["acls"] for user in of_kind("production", "KafkaUser"))


def test_the_brokers_are_set_as_redress_asks_for() -> None:
    """`redress prepare` finds nothing to complain of; three brokers, of which two hold whatever counts."""
    (kafka,) = of_kind("production", "Kafka")
    config = {key: str(value).lower() for key, value in kafka["spec"]["kafka"]["config"].items()}
    pools = {pool["metadata"]["name"]: pool["spec"] for pool in of_kind("production", "KafkaNodePool")}

    assert [] == broker_differences(strimzi.bank(), config)
    assert ("2", "false", "3") == (
        config["min.insync.replicas"], config["unclean.leader.election.enable"], config["default.replication.factor"],
    )  # fmt: skip
    assert {"brokers": (3, ["broker"]), "controllers": (3, ["controller"])} == {
        name: (spec["replicas"], spec["roles"]) for name, spec in pools.items()
    }
    assert all(not volume["deleteClaim"] for spec in pools.values() for volume in spec["storage"]["volumes"])


def test_the_brokers_let_nobody_in_without_tls_and_a_password() -> None:
    """One listener, at the address that the processes are told."""
    (kafka,) = of_kind("production", "Kafka")
    ((listener),) = kafka["spec"]["kafka"]["listeners"]
    (settings,) = [m["data"] for m in of_kind("production", "ConfigMap")]
    address = f"{kafka['metadata']['name']}-kafka-bootstrap:{listener['port']}"

    assert (True, {"type": "scram-sha-512"}) == (listener["tls"], listener["authentication"])
    assert {"type": "simple"} == kafka["spec"]["kafka"]["authorization"]
    assert (address, "SASL_SSL") == (
        settings["REDRESS_KAFKA_BOOTSTRAP"], settings["REDRESS_KAFKA_SECURITY_PROTOCOL"],
    )  # fmt: skip
