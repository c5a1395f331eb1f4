"""How the suite runs: in CI the property tests draw the same cases every time.

Tests run side by side, so each process does its linear algebra on one core.
"""

import os

from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
