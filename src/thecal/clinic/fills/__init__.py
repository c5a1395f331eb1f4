"""Fills: drawn out, compared, rinsed, filled and watched, each step an entry of its own."""
