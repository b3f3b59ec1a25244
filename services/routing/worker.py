"""The routing worker's process."""

from services.routing.decisions import SERVICE
from shared.kernel.service_worker import main

if __name__ == "__main__":
    main(SERVICE)
