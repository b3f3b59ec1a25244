"""The yearly report of a unit: the figures of a year in words, charts and tables, as a PDF and as a spreadsheet."""
