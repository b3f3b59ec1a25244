"""The tests: unit, golden, integration (real broker), acceptance (whole system), chaos (kill, restart), oracle."""
