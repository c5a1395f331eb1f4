"""Pumps: which one a patient has, sessions with it, and what is known of it and what is not."""
