"""The accounts of this side; they never travel."""

from node.core.db import Base
from shared.web.accounts.columns import AccountColumns


class Account(AccountColumns, Base):
    __tablename__ = "accounts"
