"""The formulary, the catalogue and the rules to look up, every figure with its source."""
