"""``thecal residual``: what was drawn out at a refill against what the pump believed."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from thecal import devices
from thecal.cli.edges import REFUSED, fail, read_quantity
from thecal.therapy.findings import Severity
from thecal.therapy.refill.residual import ResidualCheck, judge_residual
from thecal.units import VOLUME


def residual(
    pump: Annotated[str, typer.Option(help="The pump's catalogue key.")],
    delivered: Annotated[
        list[str], typer.Option(help='Delivered since the fill before, e.g. "16 mL".')
    ],
    expected: Annotated[
        list[str],
        typer.Option(help='What the needle should find by the pump\'s count, e.g. "4 mL".'),
    ],
    aspirated: Annotated[list[str], typer.Option(help='What came out, e.g. "3.8 mL".')],
) -> None:
    """Compare a refill's volumes. Exit 1 if the difference must be looked into first.

    Give the three volumes again for each further refill, the latest last: two differences
    running tell of the pump.
    """
    if not len(delivered) == len(expected) == len(aspirated):
        fail("expected --delivered, --expected and --aspirated once for each refill")
    checks = tuple(
        ResidualCheck(
            _volume("--delivered", gone), _volume("--expected", left), _volume("--aspirated", out)
        )
        for gone, left, out in zip(delivered, expected, aspirated, strict=True)
    )
    try:
        findings = judge_residual(checks, devices.pump(pump))
    except KeyError as error:
        fail(f"--pump: {error}")
    for finding in findings:
        typer.echo(f"{finding.severity}  {finding.code}  {finding.message}")
    if any(finding.severity is not Severity.NOTE for finding in findings):
        raise typer.Exit(REFUSED)


def _volume(option: str, text: str) -> Fraction:
    return read_quantity(option, text, VOLUME) or Fraction(0)
