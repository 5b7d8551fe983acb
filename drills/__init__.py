"""Drills: the damage that newsframes has to survive, done on purpose; docs/reliability.md tells what came of it."""
