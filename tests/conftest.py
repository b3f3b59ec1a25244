"""Fixtures and settings that all tests share."""

from hypothesis import settings

pytest_plugins = ["tests.broker", "tests.console_desk", "tests.postgres", "tests.secured_broker"]

settings.register_profile("redress", deadline=None)  # how long an example takes says nothing about what it tests
settings.load_profile("redress")
