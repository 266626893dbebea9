"""How records travel between a node and the hub. (The essay stands here; see below.)"""
