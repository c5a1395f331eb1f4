"""What the pathway's templates say in words."""
