"""From a plan to a committed version: batches, fragments, merges."""
