"""The checked plan: a prescription worked out, and everything that the rules have to say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from thecal.therapy.case import Case, make_case
from thecal.therapy.file.prescription import Prescription, Signature
from thecal.therapy.findings import Basis, By, Finding, Severity
from thecal.therapy.rules import AT_THE_PUMP, RULES
from thecal.therapy.rules.registry import card
from thecal.units import Provenance

UNUSED = card(
    "signature.unused",
    "Does every signature answer a finding?",
    severities="note",
    source="Thecal: a signature may be meant for another prescription",
)
_ORDER = {Severity.STOP: 0, Severity.CONFIRM: 1, Severity.NOTE: 2}


@dataclass(frozen=True)
class Plan:
    """A case and its findings, the gravest first."""

    case: Case
    findings: tuple[Finding, ...]

    @cached_property
    def signed(self) -> dict[str, Signature]:
        """The signatures by rule."""
        return {one.rule: one for one in self.case.prescription.signed}

    def is_signed(self, finding: Finding) -> bool:
        """Whether a person has answered this ``confirm``; nothing answers a ``stop``."""
        return finding.severity is Severity.CONFIRM and finding.code in self.signed

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """What keeps the plan from being accepted."""
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is Severity.STOP
            or (finding.severity is Severity.CONFIRM and not self.is_signed(finding))
        )

    @property
    def accepted(self) -> bool:
        """No ``stop``, every ``confirm`` signed, and a program that can be sent."""
        return not self.open_findings and self.case.program is not None


def make_plan(
    prescription: Prescription,
    visit: date | None = None,
    zone: ZoneInfo | None = None,
    clinic_days: Fraction | None = None,
    pharmacy_label: Mapping[str, Fraction] | None = None,
) -> Plan:
    """Check a prescription.

    Args:
        prescription: what is ordered.
        visit: the day of the visit, for calendar dates and clock changes.
        zone: the patient's time zone.
        clinic_days: the clinic's own longest refill interval, in days.
        pharmacy_label: drug to µg/mL as read from the syringe's label, to be compared.

    Raises:
        KeyError: a pump, catheter or drug that the catalogues do not have.
    """
    case = make_case(prescription, visit, zone, clinic_days, pharmacy_label)
    findings = [finding for rule in RULES.values() for finding in rule.findings(case)]
    findings += _unused_signatures(prescription, findings)
    return Plan(case, tuple(sorted(findings, key=lambda one: _ORDER[one.severity])))


def _unused_signatures(prescription: Prescription, findings: list[Finding]) -> Iterator[Finding]:
    """A signature that answers nothing is shown: it may be meant for another prescription."""
    asking = {one.code for one in findings if one.severity is Severity.CONFIRM}
    at_the_pump = {one.code for one in AT_THE_PUMP}
    stopping = {one.code for one in findings if one.severity is Severity.STOP}
    for signature in prescription.signed:
        if signature.rule in at_the_pump:
            continue  # a session answers these, once the pump has been read
        if signature.rule in stopping:
            why = "a stop cannot be signed away"
        elif signature.rule not in asking:
            why = "that rule asks for nothing here"
        else:
            continue
        message = f"the signature of {signature.by} on {signature.rule} answers nothing: {why}"
        basis = Basis(By.PRACTICE, "the prescription", Provenance.FOUND)
        yield Finding(Severity.NOTE, message, basis, signature.rule, code=UNUSED.code)
