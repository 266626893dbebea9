"""The people who work in this house; `shared.web.accounts.people` has what can be done to an account."""

from node.core.accounts import Account, Role
from node.core.accounts.models import SecondFactorRole
from shared.web.accounts.people import AccountGone, LastMaster, NotOneself, People, end_sessions, readable_secret

PEOPLE = People(Account, SecondFactorRole, Role, Role.LEAD)
add_person = PEOPLE.add_person
change_role = PEOPLE.change_role
get_account = PEOPLE.get_account
give_start_password = PEOPLE.give_start_password
list_people = PEOPLE.list_people
lock = PEOPLE.lock
unlock = PEOPLE.unlock

__all__ = [
    "PEOPLE",
    "AccountGone",
    "LastMaster",
    "NotOneself",
    "add_person",
    "change_role",
    "end_sessions",
    "get_account",
    "give_start_password",
    "list_people",
    "lock",
    "readable_secret",
    "unlock",
]
