"""Figures of a dataset and of its runs: what the report shows."""
