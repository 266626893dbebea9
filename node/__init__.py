"""A centre: its own database, its own site, and a link to the city that may be cut."""
