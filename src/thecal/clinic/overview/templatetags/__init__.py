"""What the overview's templates say in words."""
