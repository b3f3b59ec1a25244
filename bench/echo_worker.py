"""A worker process of the echo service: the kernel's own cost, next to no decision."""

from shared.kernel.service_worker import main
from tests.support.echo import Decider, echo_service

if __name__ == "__main__":
    main(echo_service(Decider()))
