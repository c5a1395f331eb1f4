"""The page of the FHIR mapping: resources, kinds of fact, codes, extensions and their meaning."""

from __future__ import annotations

from generator.markdown import page, plain, section, table
from thecal.care import instruments
from thecal.care.facts import EVENTS
from thecal.care.instruments.catalogue import Code, signs
from thecal.fhir.facts.resources import title
from thecal.fhir.facts.table import resource_of
from thecal.fhir.findings import SEVERITIES
from thecal.fhir.names import Extension, mapping, names
from thecal.fhir.orders import dosage
from thecal.fhir.pathway.tasks import PRIORITIES
from thecal.formulary import Drug, drugs
from thecal.units import Provenance

_INTRODUCTION = """FHIR R4 goes over the wire. Resources are checked by R4B's models, and in the
tests by a second validator that has R4's own profiles and value sets. What is read back is equal
to what was sent, to the last digit; what cannot be read is refused with its FHIRPath. Foreign
resources are read only where nothing has to be guessed: a request without Thecal's `therapy-mode`
is refused, and foreign drug codes are not translated."""


def pages() -> dict[str, str]:
    """One page."""
    return {
        "fhir.md": page(
            "FHIR",
            _INTRODUCTION.replace("\n", " "),
            section("Resources", _resources()),
            section("Dosage", _dosage()),
            section("Severity and priority", _levels()),
            section("Facts of care", _facts()),
            section("Codes", _codes()),
            section("Extensions", _extensions()),
            section("Code systems of Thecal's own", _systems()),
            source="`mapping.toml`, `names.toml` and `facts/facts.toml` in `src/thecal/fhir/`",
        )
    }


def _resources() -> str:
    rows = [
        (plain(row.of), f"`{row.resource}`", plain(row.elements), plain(row.back))
        for row in mapping()
    ]
    return table(("of Thecal", "resource", "elements", "read back"), rows)


def _dosage() -> str:
    """The module says how each mode is written; its list is Markdown already."""
    return (dosage.__doc__ or "").partition("\n\n")[2].replace("``", "`").strip()


def _levels() -> str:
    findings = [(f"finding `{one}`", f"`{code}`") for one, code in SEVERITIES.items()]
    tasks = [(f"task {one}", f"`{code}`") for one, code in PRIORITIES.items()]
    return table(("in Thecal", "in FHIR"), [*findings, *tasks])


def _facts() -> str:
    rows = [
        (f"`{kind}`", f"`{resource_of(kind)}`", plain(title(event)))
        for kind, event in EVENTS.items()
    ]
    return table(("fact", "resource", ""), rows)


def _codes() -> str:
    rows = [_code(one.name, one.code) for one in instruments().values()]
    rows += [_code(one.name, one.code) for one in signs().values()]
    rows += [_drug(one) for one in drugs().values()]
    route = names().code["intrathecal-route"]
    rows.append((plain(route.display), route.system, f"`{route.value}`"))
    words = "A foreign code goes out only where it was found; the rest goes out as text."
    return f"{words}\n\n{table(('', 'system', 'code'), rows)}"


def _code(name: str, code: Code | None) -> tuple[str, str, str]:
    if code is None or code.provenance is not Provenance.FOUND:
        return plain(name), "", "text only"
    return plain(name), code.system, f"`{code.value}`"


def _drug(one: Drug) -> tuple[str, str, str]:
    if one.rxnorm is None or one.rxnorm.provenance is not Provenance.FOUND:
        return one.name, "", "text only"
    return one.name, "RxNorm", f"`{one.rxnorm.text}`"


def _extensions() -> str:
    base = f"All begin `{names().base}/StructureDefinition/`, which names them and is no address."
    rows = [(f"`{key}`", plain(one.on), *_told(one)) for key, one in names().extension.items()]
    return f"{base}\n\n{table(('extension', 'on', 'meaning', 'parts'), rows)}"


def _told(one: Extension) -> tuple[str, str]:
    return plain(one.meaning), ", ".join(f"`{part}`" for part in one.parts)


def _systems() -> str:
    base = f"All begin `{names().base}/CodeSystem/`."
    rows = [(f"`{key}`", plain(meaning)) for key, meaning in names().own.items()]
    return f"{base}\n\n{table(('system', 'its codes'), rows)}"
