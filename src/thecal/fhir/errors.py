"""What goes wrong: a resource that cannot be read, a value that cannot be written."""

from __future__ import annotations


class FhirError(ValueError):
    """A resource that is not FHIR R4, or not one that Thecal can read.

    Attributes:
        path: where, as a FHIRPath such as ``Bundle.entry[2].resource.status``; empty if it is
            about the whole text.
        expected: what is wrong and what was expected, in one line.
    """

    def __init__(self, path: str, expected: str) -> None:
        self.path, self.expected = path, " ".join(expected.split())
        super().__init__(f"{path}: {self.expected}" if path else self.expected)


class CannotExportError(ValueError):
    """A value that FHIR has no exact form for; it is refused, never rounded or shortened."""
