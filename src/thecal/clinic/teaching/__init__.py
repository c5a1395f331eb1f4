"""Teaching: bench pumps, what each believes beside what is true, and what can go wrong."""
