"""Privacy: how long the house keeps what, and what it keeps about one person."""
