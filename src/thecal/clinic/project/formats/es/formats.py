"""Numbers with a point in Spanish too: a dose reads as programmers show it and as pages take it."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ""
