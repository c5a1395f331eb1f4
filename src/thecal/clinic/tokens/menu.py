"""The tokens in the main menu: whoever has an account can make one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import Role

enter(Item("tokens", _("Tokens"), "tokens", 97, frozenset(Role)))
