"""The review: what the pump holds and what it is to hold, side by side, everything."""
