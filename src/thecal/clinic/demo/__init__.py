"""The demo clinic: invented patients in every stage of the pathway, and bench pumps that run."""
