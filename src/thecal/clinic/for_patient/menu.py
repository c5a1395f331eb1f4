"""A patient's own page, and the clinic's numbers, in the main menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from thecal.clinic.design.menu import Item, enter
from thecal.clinic.people.roles import Role

enter(Item("mine", _("My pump"), "for_patient.mine", 5, frozenset({Role.PATIENT})))
enter(
    Item(
        "contacts",
        _("How we are reached"),
        "for_patient.contacts",
        92,
        frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN}),
    )
)
