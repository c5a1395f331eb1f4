"""``thecal rules``: every rule with what it looks at and where it comes from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from thecal.therapy import plan as _plan  # noqa: F401  (enters its rules)
from thecal.therapy.refill import residual as _residual  # noqa: F401  (likewise)
from thecal.therapy.rules import CARDS


def rules(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array only.")] = False,
) -> None:
    """List every rule with its sources."""
    if as_json:
        listed = [
            {
                "code": card.code,
                "title": card.title,
                "severities": card.severities,
                "hazards": card.hazards,
                "sources": card.sources(),
            }
            for card in CARDS.values()
        ]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for card in CARDS.values():
        hazards = f"  [{' '.join(card.hazards)}]" if card.hazards else ""
        typer.echo(f"{card.code}  ({', '.join(card.severities)}){hazards}")
        typer.echo(f"  {card.title}")
        for source in card.sources():
            typer.echo(f"  - {source}")
        typer.echo("")
