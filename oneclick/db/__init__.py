"""The database: engine, one connection a thread, write transactions with an after-commit queue, system tables."""

from oneclick.db.database import Database
from oneclick.db.migrate import migrate
from oneclick.db.params import Params
from oneclick.db.transaction import Transaction

__all__ = ["Database", "Params", "Transaction", "migrate"]
