"""The bank, pure: organisation, ladder, working days, the bank's day and its reference data, one look-up each."""
