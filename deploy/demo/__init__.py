"""A small Duisburg to try the network on: a broker, the hub, three centres, made up but plausible.

Only the Stadtteilbüro Alt-Hamborn is real (name, address, opening hours as the city
publishes them); the other two houses, all people and all dates are invented.
"""
