"""Links from a finding to its rule."""
