"""Joining the city: asking with a code, and the page of the first start on a machine that has no centre yet.

`service` asks and keeps what the city tells; `founding` makes a centre of an empty folder; `first_start` is
the small site that stands where the centre's will be; `commands` are the same for a terminal.
"""
