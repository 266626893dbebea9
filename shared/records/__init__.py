"""What travels: one module per collection."""
