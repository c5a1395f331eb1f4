"""Visits as guided flows: what to do next, derived from the record, over the services there are."""
