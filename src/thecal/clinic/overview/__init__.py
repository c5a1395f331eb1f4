"""A patient at a glance: where they are, what is due, what runs, what it does, what happened."""
