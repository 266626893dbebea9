"""Joining the network: codes, the address that takes them, and the pages around it."""
