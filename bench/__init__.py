"""Benchmarks: ratios to a peer or a bound that is measured in the same run."""
