"""The demo's stories: what happened to each invented patient, up to the moment of founding."""
