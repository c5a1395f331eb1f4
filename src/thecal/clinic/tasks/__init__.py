"""What somebody has to do, and that they did it."""
