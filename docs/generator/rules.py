"""The page of the rules: every code that a finding may have."""

from __future__ import annotations

from generator.docstrings import members, told
from generator.markdown import page, plain, prose, section, table
from thecal.therapy import plan
from thecal.therapy.findings import By, Severity
from thecal.therapy.refill import residual
from thecal.therapy.rules import CARDS, RULES, Card

_ENTER_THEIR_RULES = (plan, residual)

_LAYERS = {
    By.LABEL: "the US labelling of the drug or the pump",
    By.CONSENSUS: "the expert consensus",
    By.HARD: "the project's own cap, beyond every published figure",
    By.DEVICE: "the pump or catheter at hand",
    By.STABILITY: "how long a drug or mixture keeps",
    By.PHYSICS: "volumes, flows and mixing",
    By.PRACTICE: "what clinics do and have learnt",
    By.UNKNOWN: "nothing published",
}


def pages() -> dict[str, str]:
    """One page, a section for each family of rules."""
    families: dict[str, list[Card]] = {}
    for card in CARDS.values():
        families.setdefault(card.code.split(".")[0], []).append(card)
    return {
        "rules.md": page(
            "Rules",
            "Every code that a finding may have. `thecal rules` prints the same list.",
            section("Severities", _listed(members(Severity))),
            section("Layers", _listed({str(layer): text for layer, text in _LAYERS.items()})),
            *(section(name.capitalize(), *map(_rule, cards)) for name, cards in families.items()),
            source="the registry in `src/thecal/therapy/rules/`",
        )
    }


def _listed(meanings: dict[str, str]) -> str:
    return "\n".join(f"- **{name}**: {text}" for name, text in meanings.items())


def _rule(card: Card) -> str:
    rule = RULES.get(card.code)
    rows = [
        ("severity", ", ".join(card.severities)),
        ("signed as", f'`rule = "{card.code}"`' if "confirm" in card.severities else "never"),
        ("hazards", ", ".join(map(_hazard, card.hazards)) or "none"),
        ("sources", "<br>".join(plain(source) for source in card.sources())),
    ]
    return section(
        f"`{card.code}`",
        plain(card.title),
        prose(told(rule.check)) if rule else "",
        table(("", ""), rows),
        anchor=anchor(card.code),
        level=3,
    )


def _hazard(name: str) -> str:
    return f"[{name}](hazards.md#hazard-{name.lower()})"


def anchor(code: str) -> str:
    """What other pages link to."""
    return f"rule-{code.replace('.', '-')}"
