"""Tags of the programmer's templates."""
