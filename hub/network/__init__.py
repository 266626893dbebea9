"""The desk of the network: every centre's link, what waits, what was set aside, who belongs to it."""

import hub.network.models  # noqa: F401  (its tables)
