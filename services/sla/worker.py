"""The sla worker's process."""

from services.sla.decisions import SERVICE
from shared.kernel.service_worker import main

if __name__ == "__main__":
    main(SERVICE)
