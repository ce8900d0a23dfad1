"""Proving who somebody is: passwords, tokens, login, and who asks at the moment."""

from oneclick.auth.current import CurrentUser, acting_as, current_user

__all__ = ["CurrentUser", "acting_as", "current_user"]
