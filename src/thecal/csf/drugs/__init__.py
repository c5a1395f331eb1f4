"""What each drug does in the fluid, the cord and the plasma: sourced constants, or unknown."""
