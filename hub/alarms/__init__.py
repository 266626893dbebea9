"""What is wrong in the network: noticed by rules, told once, closed when it is over."""
