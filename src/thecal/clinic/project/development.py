"""The settings in development mode, asked for by name: for tests, type checks and migrations."""

import os

os.environ.setdefault("THECAL_CLINIC_MODE", "development")

from thecal.clinic.project.settings import *  # noqa: F403
