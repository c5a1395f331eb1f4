"""The pump program of a prescription: compiled, and what it delivers day by day."""
