"""Thecal plans, programs and follows intrathecal drug delivery."""

__version__ = "0.1.0"
