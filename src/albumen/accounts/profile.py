"""What users change of their own accounts."""

from collections.abc import Mapping

from albumen.accounts import passwords, users
from albumen.accounts.models import User
from albumen.kernel.actor import Scope
from albumen.kernel.errors import Denied
from albumen.unit import Unit

GUARDED = frozenset({"user_email", "password"})
"""What takes the current password, where there is one."""


def change(unit: Unit, told: Mapping[str, str]) -> User:
    """Change those of user_name, user_email and password that are told.

    Raises SignIn, Invalid, Denied where the credential or the current password does not allow it, and Conflict where
    the e-mail is taken.
    """
    user = users.acting(unit)
    users.check_whole(unit)
    if Scope.write not in unit.actor.scopes:
        raise Denied(f"This key lacks the scope {Scope.write}.")
    if GUARDED & told.keys():
        confirm(unit, user, told.get("current_password", ""))
    if "user_name" in told:
        users.rename(unit, user, told["user_name"])
    if "user_email" in told:
        users.set_email(unit, user, told["user_email"])
    if "password" in told:
        users.set_password(unit, user, told["password"])
    unit.db.flush()
    return user


def confirm(unit: Unit, user: User, password: str) -> None:
    """Check that whoever asks may change how this user signs in, which a key, or an open browser alone, may not.

    Raises Denied.
    """
    users.check_whole(unit)
    if Scope.admin not in unit.actor.scopes and unit.actor.may_name is None:
        raise Denied(f"This key lacks the scope {Scope.admin}.")
    if user.password_hash is not None and not passwords.matches(password, user.password_hash):
        raise Denied("The current password is not right.", code="wrong-password")
