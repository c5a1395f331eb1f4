"""The audit trail in the main menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import Role

enter(Item("audit", _("Audit trail"), "trail", 95, frozenset({Role.ADMINISTRATOR})))
