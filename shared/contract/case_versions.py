"""The versions of the record by which cases are told on `complaints.cases`; what each says: ``case_changed``. Pure."""

NAME = "CaseChanged"
FIRST, NEWEST = 1, 2
"""The first is written until reference data allow the newest (``shared.bank.event_versions``)."""
