"""The exact solution for piecewise-constant input, by rational approximation of the exponential."""
