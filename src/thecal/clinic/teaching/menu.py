"""The bench in the menu, where there can be one."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import READS

if settings.THECAL.is_development:
    enter(Item("bench", _("Bench"), "teaching.bench", 60, READS))
