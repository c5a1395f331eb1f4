"""Today in the main menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import READS

enter(Item("today", _("Today"), "today", 10, READS))
