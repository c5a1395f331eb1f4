"""Prescriptions: written once, checked as they are written, signed by people."""
