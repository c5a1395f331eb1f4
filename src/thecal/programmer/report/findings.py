"""The report's tables of what the rules said and who answered."""

from __future__ import annotations

from thecal.programmer.report.page import Table
from thecal.therapy.findings import By, Finding
from thecal.therapy.plan import Plan
from thecal.units import Provenance

_KNOWN = {
    Provenance.FOUND: "found",
    Provenance.DERIVED: "derived",
    Provenance.RECALLED: "recalled: remembered, not read again",
    Provenance.RECALLED_WEAK: "recalled-weak: remembered with little certainty",
    Provenance.ASSUMED: "assumed: nobody published it",
}


def finding_table(plan: Plan) -> Table:
    """All findings, the gravest first, each with what was asked, the limit and whose it is."""
    heads = ("", "rule", "what", "whose limit, source, how known")
    rows = tuple((_severity(plan, one), one.code, _what(one), _basis(one)) for one in plan.findings)
    return Table("Findings", heads, rows, (15, 47, 74, 44))


def _severity(plan: Plan, finding: Finding) -> str:
    signed = "\nsigned" if plan.is_signed(finding) else ""
    return f"{finding.severity}{signed}"


def _what(finding: Finding) -> str:
    asked = f"\nasked: {finding.asked}" if finding.asked else ""
    limit = f"\nlimit: {finding.limit}" if finding.limit else ""
    return f"{finding.message}{asked}{limit}"


def _basis(finding: Finding) -> str:
    """Layer, source and provenance; nothing is known about what is unknown."""
    basis = finding.basis
    if basis.layer is By.UNKNOWN:
        return f"{basis.layer}: {basis.source}"
    return f"{basis.layer}: {basis.source}\n{_KNOWN[basis.provenance]}"


def signature_table(plan: Plan) -> Table:
    """Who answered which rule, and why."""
    title, asking = "Signatures", {one.code for one in plan.findings if plan.is_signed(one)}
    rows = tuple(
        (one.rule, one.by, one.reason, "yes" if one.rule in asking else "nothing")
        for one in plan.case.prescription.signed
    )
    if not rows:
        return Table(title, (), (), (), "None.")
    return Table(title, ("rule", "by", "reason", "answers"), rows, (40, 45, 75, 20))
