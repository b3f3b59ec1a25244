"""Fixtures that all tests share."""

pytest_plugins = ["tests.broker", "tests.postgres", "tests.secured_broker"]
