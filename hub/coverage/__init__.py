"""Where the city has houses and offers, and where nobody has anything yet."""
