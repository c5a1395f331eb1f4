"""Tables of the record as CSV, for spreadsheets and statistics: units in the names of columns."""
