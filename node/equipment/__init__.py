"""What the house lends or puts into its rooms: counted, never promised twice.

Read `service` for what can be done, `guard` for why nothing is over-committed.
"""
