"""Flows: the only code that knows Prefect, paths, clocks or locks."""

import os

# Nothing here may call out to the network unasked. Prefect reads these when it is first imported.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
