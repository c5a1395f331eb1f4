"""``python -m thecal.clinic``: Django's own commands, in development mode, for who works on it."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.clinic.project.development")
    execute_from_command_line(sys.argv)
