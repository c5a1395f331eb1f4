"""The change-over: priming, bridge, and what mixing in the path brings to the catheter's tip."""
