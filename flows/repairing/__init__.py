"""From a damaged version to the next one: what is whole of it, and what can be made anew."""
