"""What there is to know of a dataset: status, checks, differences."""
