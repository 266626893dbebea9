"""How somebody without an account asks for a space, one question at a time."""
