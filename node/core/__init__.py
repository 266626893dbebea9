"""What every feature of a node stands on: the database, accounts, jobs, audit."""
