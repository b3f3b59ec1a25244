"""The kernel: fold, deciding, session, worker. What every service runs in; no rule of the bank is inside."""
