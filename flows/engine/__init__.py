"""The flows' side of Prefect: server, tasks, and what a run leaves to look at."""
