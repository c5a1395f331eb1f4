"""The page of the clinic: who may do what, and what its environment says."""

from __future__ import annotations

import os

from generator.markdown import page, plain, section, table


def pages() -> dict[str, str]:
    """One page, from the table of permissions and the variables that are read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.clinic.project.development")
    import django  # noqa: PLC0415

    django.setup()
    return {
        "clinic.md": page(
            "The clinic",
            section("Who may do what", _WHO, _permissions(), anchor="permissions"),
            section("The environment", _variables(), anchor="clinic-environment"),
            source="`src/thecal/clinic/`",
        )
    }


_WHO = (
    "Each role holds in the clinic that gave it, for that clinic's patients, and nowhere else. "
    "*Patient* means the patient themself, for their own record. What is not marked is refused."
)


def _permissions() -> str:
    from thecal.clinic.people.roles import Role  # noqa: PLC0415
    from thecal.clinic.record.actions import table as actions  # noqa: PLC0415

    heads = ("", "", *(str(role.label) for role in Role))
    rows = [
        (f"`{one.name}`", plain(one.title), *("✓" if role in one.roles else "" for role in Role))
        for one in actions().values()
    ]
    return table(heads, rows)


def _variables() -> str:
    from thecal.clinic.project.environment import VARIABLES  # noqa: PLC0415

    return table(("", ""), [(f"`{name}`", said) for name, said in VARIABLES.items()])
