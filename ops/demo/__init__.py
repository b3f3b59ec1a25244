"""``make demo``: a sub-branch's year, played on a real installation."""
