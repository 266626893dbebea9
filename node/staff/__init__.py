"""The people who work here: accounts, roles, second factors."""
