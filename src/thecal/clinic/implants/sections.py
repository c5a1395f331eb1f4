"""The subject's entries on the patient's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.pathway.sections import enter_entries

enter_entries("implants", _("Operation and wound"), 50)
