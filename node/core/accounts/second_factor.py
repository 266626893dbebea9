"""The second factors of this house; `shared.web.accounts.second_factor` has what can be done to one."""

from node.core.accounts import Account, Role
from node.core.accounts.models import RecoveryCode, SecondFactor, SecondFactorRole
from shared.web.accounts.second_factor import RECOVERY_CODES, CodeWrong, SecondFactorDemanded, SecondFactors, sealing

DEMANDABLE = (Role.LEAD, Role.OFFICE)  # a tablet at the counter is shared: six digits there help nobody
SECOND_FACTORS = SecondFactors(Account, SecondFactor, RecoveryCode, SecondFactorRole, DEMANDABLE)
begin = SECOND_FACTORS.begin
confirm = SECOND_FACTORS.confirm
demand = SECOND_FACTORS.demand
find_unconfirmed = SECOND_FACTORS.find_unconfirmed
reset = SECOND_FACTORS.reset
use_code = SECOND_FACTORS.use_code

__all__ = [
    "DEMANDABLE",
    "RECOVERY_CODES",
    "SECOND_FACTORS",
    "CodeWrong",
    "SecondFactorDemanded",
    "begin",
    "confirm",
    "demand",
    "find_unconfirmed",
    "reset",
    "sealing",
    "use_code",
]
