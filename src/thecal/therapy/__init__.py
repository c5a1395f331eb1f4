"""From a prescription to a checked plan: read, work out, judge by every rule, compile."""
