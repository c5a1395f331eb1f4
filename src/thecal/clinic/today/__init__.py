"""Today: what a clinic has to look at now, on the page that staff begin with."""
