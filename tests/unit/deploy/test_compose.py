"""The compose file starts what `redress up` starts, with nothing that it could do without."""

from typing import Any

import pytest

from ops.local.topics import broker_differences
from shared.process.settings import Settings
from tests.support.manifests import Started, compose, started_by_up

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("redress:")}
PROCESSES = {name: service for name, service in OURS.items() if name != "prepare"}
BROKERS = {name: service for name, service in SERVICES.items() if name.startswith("kafka-")}
PASSWORDS = ("PASSWORD", "SECRET", "VAULT_URL", "CONSOLE_URL")


def test_it_starts_every_process_that_up_starts_and_no_other() -> None:
    """With two workers of each service, at the same offsets from BASE, the sink for letters included."""
    found = {
        name: Started(
            service["command"][-1],
            int(service["environment"]["REDRESS_HEALTH_PORT"]) - int(service["environment"]["REDRESS_PORTS"]),
            int(service["environment"].get("REDRESS_SLOT", "0")),
        )
        for name, service in PROCESSES.items()
    }

    assert started_by_up(2) == found
    assert {("python", "-m")} == {tuple(service["command"][:2]) for service in PROCESSES.values()}


def test_topics_and_reference_data_are_there_before_any_process() -> None:
    """By the command that may be run again at every start, once every broker is healthy."""
    prepare = OURS["prepare"]

    assert ["redress", "prepare", "--data", "/var/lib/redress"] == prepare["command"]
    assert BROKERS.keys() < prepare["depends_on"].keys()
    assert {"prepare": {"condition": "service_completed_successfully"}} == PROCESSES["routing"]["depends_on"]
    assert all(service["depends_on"] == PROCESSES["routing"]["depends_on"] for service in PROCESSES.values())


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_that_is_taken(name: str) -> None:
    """And every secret comes as a file that is called as its setting is."""
    variables = {key.removeprefix("REDRESS_").lower(): value for key, value in OURS[name]["environment"].items()}
    secret = {key.removeprefix("REDRESS_").lower(): "postgresql://somebody" for key in OURS[name]["secrets"]}
    variables.pop("secrets")  # a folder that is in the container alone

    assert set() == (variables.keys() | secret.keys()) - Settings.model_fields.keys()
    settings = Settings.model_validate(variables | secret)
    assert (12, 3, "redress-documents") == (settings.partitions, settings.replication, settings.documents_bucket)


def test_brokers_are_set_as_redress_asks_for() -> None:
    """`redress prepare` would find nothing to complain of; each is one of three that vote."""
    for broker in BROKERS.values():
        environment = broker["environment"]
        configs = {
            key.removeprefix("KAFKA_").lower().replace("_", "."): value
            for key, value in environment.items()
            if key.startswith("KAFKA_")
        }
        assert [] == broker_differences(Settings(replication=3), configs)
        assert ("2", "false") == (configs["min.insync.replicas"], configs["unclean.leader.election.enable"])
    assert ["1", "2", "3"] == [broker["environment"]["KAFKA_NODE_ID"] for broker in BROKERS.values()]
    assert len({broker["environment"]["CLUSTER_ID"] for broker in BROKERS.values()}) == 1


def test_no_password_stands_in_the_file() -> None:
    """Each is a file below deploy/secrets, which is not in the repository."""
    told = [
        (name, key)
        for name, service in SERVICES.items()
        for key in service.get("environment", {})
        if key.endswith(PASSWORDS)
    ]
    files = {secret["file"].rpartition("/")[0] for secret in compose()["secrets"].values()}

    assert ([], {"./secrets"}) == (told, files)
    assert {s for service in SERVICES.values() for s in service.get("secrets", ())} == compose()["secrets"].keys()


@pytest.mark.parametrize("name", PROCESSES)
def test_our_containers_may_do_nothing_that_they_need_not(name: str) -> None:
    """No capability, no new privilege, no writable file system but data and /tmp; watched, and started again."""
    service = SERVICES[name]

    assert (True, ["ALL"], ["no-new-privileges:true"]) == (
        service["read_only"], service["cap_drop"], service["security_opt"],
    )  # fmt: skip
    assert ["data:/var/lib/redress"] == service["volumes"]
    assert "unless-stopped" == service["restart"]
    assert "/health/ready" in service["healthcheck"]["test"][-1]


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_has_privileges_or_listens_beyond_this_machine(name: str) -> None:
    """Also those of others; each image is named by a version."""
    service = SERVICES[name]

    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert not service["image"].endswith(":latest")
    assert ":" in service["image"]
