"""Letters are declared here by kind, filled with content, and written in words. Pure, but for paper."""
