"""The refill: when it is due, and what the drawn-out residual tells of the pump."""
