"""Letters: their kinds, templates, content and words. Pure, but for paper."""
