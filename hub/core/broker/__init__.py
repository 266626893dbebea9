"""The broker's rights, managed by the hub: one credential for each centre, its own topics and no other.

`access_for` tells what a centre needs; `grant` lets it in, `withdraw` cuts it off, both at once. Where
`broker_admin_user` is empty (the embedded broker of the demo) nothing is managed: no user is given,
`grant` and `withdraw` do nothing.
"""

from hub.core.broker.access import BrokerAccess, access_for, is_managed
from hub.core.broker.granting import BrokerUnreachable, grant, withdraw
from hub.core.broker.reconciling import Membership, reconcile
from hub.core.broker.standing import Standing

__all__ = [
    "BrokerAccess",
    "BrokerUnreachable",
    "Membership",
    "Standing",
    "access_for",
    "grant",
    "is_managed",
    "reconcile",
    "withdraw",
]
