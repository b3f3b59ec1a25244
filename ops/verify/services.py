"""The services that fold the log and decide on it. For commands that look at all of them; processes load their own."""

from typing import Any

from services.casework.decisions import SERVICE as CASEWORK
from services.notify.decisions import SERVICE as NOTIFY
from services.routing.decisions import SERVICE as ROUTING
from services.sla.decisions import SERVICE as SLA
from shared.kernel.service import Service

SERVICES: tuple[Service[Any], ...] = (ROUTING, CASEWORK, SLA, NOTIFY)
