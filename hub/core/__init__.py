"""What every feature of the hub stands on: the database and accounts."""
