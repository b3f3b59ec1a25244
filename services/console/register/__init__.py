"""The register: its columns, and its files for spreadsheet programs."""
