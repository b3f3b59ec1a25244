"""What the HTTP services share: who calls, problems, the index of cases, health. FastAPI ends here and in ``http``."""
