"""The contract between the services, and the few mechanisms that all of them use."""
