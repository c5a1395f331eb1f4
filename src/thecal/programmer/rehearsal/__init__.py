"""A rehearsal: a plan in a pump twin, faults to order, and what the patient received."""
