"""The files of ``deploy/`` as whoever runs them sees them, and what `redress up` starts, to hold them against."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ops.local.supervisor import Supervisor
from shared.process.settings import Settings
from tests.support.broker import free_ports
from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
Manifest = dict[str, Any]


class Started(NamedTuple):
    """A process as it is started: its module, the offset at which it says how it goes, its slot."""

    module: str
    health: int
    slot: int


@cache
def started_by_up(workers: int) -> dict[str, Started]:
    """What the supervisor itself starts, by name."""
    settings = Settings(data=Path("/nonexistent"), ports=free_ports(100))
    supervisor = Supervisor(settings, workers, _nothing, lambda line: None)
    return {
        child.name: Started(
            child.command[-1], child.port - settings.ports, int(child.environment.get("REDRESS_SLOT", "0"))
        )
        for child in supervisor._services()
    }


async def _nothing() -> int:
    """Nothing is started, so nothing has to be made ready."""
    return 0


def compose() -> Manifest:
    """The compose file."""
    found: Manifest = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


@cache
def rendered(folder: str) -> list[Manifest]:
    """What a folder of kustomize comes to, as ``kubectl apply --kustomize`` would send it."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise RuntimeError("kubectl is not installed (1.27 or newer): it renders deploy/kubernetes, without a cluster")
    command = [kubectl, "kustomize", str(DEPLOY / "kubernetes" / folder)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [manifest for manifest in yaml.safe_load_all(text) if manifest]


@dataclass(frozen=True, slots=True)
class Pod:
    """A workload and its one pod."""

    workload: Manifest

    @property
    def name(self) -> str:
        """What the workload is called."""
        return str(self.workload["metadata"]["name"])

    @property
    def labels(self) -> dict[str, str]:
        """By which it is found."""
        found: dict[str, str] = self.workload["spec"]["template"]["metadata"]["labels"]
        return found

    @property
    def spec(self) -> Manifest:
        """The pod."""
        found: Manifest = self.workload["spec"]["template"]["spec"]
        return found

    @property
    def main(self) -> Manifest:
        """Its one container that stays."""
        (found,) = self.spec["containers"]
        return dict(found)

    @property
    def ports(self) -> dict[str, int]:
        """Where it listens, by name."""
        return {port["name"]: port["containerPort"] for port in self.main.get("ports", ())}

    @property
    def own(self) -> dict[str, str]:
        """What it alone is told."""
        return {row["name"]: row["value"] for row in self.main["env"] if "value" in row}

    def volume(self, name: str) -> Manifest:
        """One of its volumes."""
        (found,) = (volume for volume in self.spec["volumes"] if volume["name"] == name)
        return dict(found)


def pods(folder: str) -> list[Pod]:
    """Every workload of a folder of kustomize."""
    kinds = ("StatefulSet", "Deployment", "Job")
    return [Pod(manifest) for manifest in rendered(folder) if manifest["kind"] in kinds]


def of_kind(folder: str, kind: str) -> list[Manifest]:
    """The manifests of one kind."""
    return [manifest for manifest in rendered(folder) if manifest["kind"] == kind]
