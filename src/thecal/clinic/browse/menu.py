"""The formulary in the main menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import Role

enter(Item("browse", _("Formulary and rules"), "browse", 75, frozenset(Role)))
