"""Drugs, their limits in layers that never mix, admixtures, stability and conversions."""

from thecal.formulary.admixtures import (
    Admixture,
    AssayedStrength,
    admixtures,
    assayed_strength,
    mixture_label_status,
    stability_of,
)
from thecal.formulary.conversions import (
    Conversion,
    UnknownConversionError,
    conversion,
    conversions,
)
from thecal.formulary.drugs import (
    Bound,
    Drug,
    DrugClass,
    Layer,
    Limit,
    LimitOf,
    Product,
    Stability,
    Statement,
    UnknownDrugError,
    Who,
    drug,
    drugs,
)

__all__ = [
    "Admixture",
    "AssayedStrength",
    "Bound",
    "Conversion",
    "Drug",
    "DrugClass",
    "Layer",
    "Limit",
    "LimitOf",
    "Product",
    "Stability",
    "Statement",
    "UnknownConversionError",
    "UnknownDrugError",
    "Who",
    "admixtures",
    "assayed_strength",
    "conversion",
    "conversions",
    "drug",
    "drugs",
    "mixture_label_status",
    "stability_of",
]
