"""The city's opening norm, and whether this house lives up to it."""
