"""What goes out of the record, in the main menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import READS, Role

enter(Item("exchange", _("Exchange"), "exchange.page", 85, READS | {Role.ADMINISTRATOR}))
