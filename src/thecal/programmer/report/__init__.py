"""The report on paper: all that a programmer prints, as a PDF."""

from thecal.programmer.report.document import report_bytes, tables, write_report

__all__ = ["report_bytes", "tables", "write_report"]
