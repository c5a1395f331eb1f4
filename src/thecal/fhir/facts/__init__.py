"""Facts of care as resources, and a history back from them; ``facts.toml`` says which is which."""

from thecal.fhir.facts.history import fact_resources, history_resources, read_history
from thecal.fhir.facts.table import resource_of

__all__ = ["fact_resources", "history_resources", "read_history", "resource_of"]
