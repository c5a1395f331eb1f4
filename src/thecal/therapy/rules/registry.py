"""The registry of rules: each a small function with a code, a title and its sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from thecal.formulary import Layer, LimitOf, drugs
from thecal.therapy.case import Case
from thecal.therapy.findings import Finding

Check = Callable[[Case], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Card:
    """What is told of a rule.

    Attributes:
        code: its name in findings and signatures.
        title: what it looks at, in one line.
        severities: what its findings may be.
        source: where the rule itself comes from.
        figures: lists the sources of the figures that it applies.
        hazards: the hazards that it answers.
    """

    code: str
    title: str
    severities: tuple[str, ...]
    source: str
    figures: Callable[[], Iterable[str]] = tuple
    hazards: tuple[str, ...] = ()

    def sources(self) -> tuple[str, ...]:
        """The rule's own source, then those of its figures, each once."""
        return tuple(dict.fromkeys((self.source, *self.figures())))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on a case."""

    card: Card
    check: Check

    def findings(self, case: Case) -> Iterator[Finding]:
        """The rule's findings on a case, with its code."""
        for finding in self.check(case):
            yield replace(finding, code=self.card.code)


CARDS: dict[str, Card] = {}
"""Every code that a finding may have."""
RULES: dict[str, Rule] = {}
"""The rules on a case, by code."""


def card(
    code: str,
    title: str,
    *,
    severities: str,
    source: str,
    figures: Callable[[], Iterable[str]] = tuple,
    hazards: str = "",
) -> Card:
    """Enter a code; arguments as :func:`rule`."""
    if code in CARDS:
        raise ValueError(f"rule {code} is registered twice")
    CARDS[code] = Card(
        code, title, tuple(severities.split()), source, figures, tuple(hazards.split())
    )
    return CARDS[code]


def rule(
    code: str,
    title: str,
    *,
    severities: str,
    source: str,
    figures: Callable[[], Iterable[str]] = tuple,
    hazards: str = "",
) -> Callable[[Check], Check]:
    """Enter a check into the registry.

    Args:
        code: unique, ``family.name``.
        title: what it looks at.
        severities: words separated by spaces.
        source: where the rule comes from.
        figures: gives the sources of the figures it applies.
        hazards: ids separated by spaces.
    """
    entered = card(
        code, title, severities=severities, source=source, figures=figures, hazards=hazards
    )

    def enter(check: Check) -> Check:
        RULES[code] = Rule(entered, check)
        return check

    return enter


def statement_sources(field: str) -> Callable[[], Iterable[str]]:
    """The sources of one statement of every drug that has it."""

    def list_sources() -> Iterable[str]:
        for drug in drugs().values():
            statement = getattr(drug, field)
            if statement is not None:
                yield f"{drug.name}: {statement.source} ({statement.provenance})"

    return list_sources


def limit_sources(*of: LimitOf, layers: tuple[Layer, ...]) -> Callable[[], Iterable[str]]:
    """The sources of all limits of these kinds and layers in the formulary."""

    def list_sources() -> Iterable[str]:
        for drug in drugs().values():
            for limit in drug.limits:
                if limit.of in of and limit.layer in layers and limit.current:
                    yield f"{drug.name}: {limit.source} ({limit.provenance})"

    return list_sources
