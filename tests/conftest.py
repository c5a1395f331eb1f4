"""How the suite runs: in CI the property tests draw the same cases every time.

How long a case takes says nothing of the code on a busy machine, so no property is held to it.

Tests run side by side, so each process does its linear algebra on one core.
"""

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("any"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")
