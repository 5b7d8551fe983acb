"""Hostile input: each kind is read right, or has its row in the ledger with a reason; none stops a run."""
