"""The trial: its start, its drug, the flow sheet, its end and the decision after it."""
