"""For the patient: their own page, a leaflet to print, and the way to an account of their own."""
