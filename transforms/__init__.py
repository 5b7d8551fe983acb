"""Pure transforms: text or frames in, text or frames out.

Nothing here touches paths, clocks, loggers, Prefect or the environment.
"""

RULES_VERSION = 1
"""The rules that make the tables. It goes up whenever any rule's output changes (tests/test_rules.py)."""
