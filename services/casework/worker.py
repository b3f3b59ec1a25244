"""This process decides on commands: the casework worker."""

from services.casework.decisions import SERVICE
from shared.kernel.service_worker import main

if __name__ == "__main__":
    main(SERVICE)
