"""How big the tests are, and from which seed their plans come.

`JABOTI_FAULTS=full pytest -o timeout=600 tests/integration/faults` makes them five times as big, and the
bad weather ten times; `JABOTI_FAULTS_SEED` repeats a plan that failed.
"""

import os

FULL = os.environ.get("JABOTI_FAULTS") == "full"
SEED = int(os.environ.get("JABOTI_FAULTS_SEED", "20261123"))


def scaled(quick: int) -> int:
    """So many, or five times as many."""
    return quick * 5 if FULL else quick
