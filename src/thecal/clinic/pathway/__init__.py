"""The bridge to ``care``: the record's entries as facts; its gates, stage and tasks from them."""
