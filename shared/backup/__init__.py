"""Backups: a snapshot of a running database, compressed, encrypted, and read back before anybody relies on it.

`recovery_code` makes what is printed and kept in the safe, `sealed_file` is the format, `snapshot` copies a
SQLite database while it is in use, `package` says what is in a backup, `places` puts files into folders and
prunes them.

Rule: what leaves the machine is encrypted for a key whose secret half is on paper only. Whoever holds a
stick, the hub or the machine itself cannot read the backups that lie there.
"""
