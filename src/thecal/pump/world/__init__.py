"""What is true: the real reservoir, rotor, catheter and magnet, and what goes wrong with them."""
