"""The clinic as people use it: a real browser at a clinic that is really served."""
