"""What a node and the hub must agree on: records, replication, the look of the sites.

Rule: imports neither `node` nor `hub`.
"""
