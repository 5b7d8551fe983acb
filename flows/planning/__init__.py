"""What a run has to do: options and settings, what is known, the plan."""
