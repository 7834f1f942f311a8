"""The route by which users delete their accounts."""

from albumen.accounts import users
from albumen.http.deps import TheApp, Writing
from albumen.http.views import Routes
from albumen.operations import leaving

routes = Routes(tags=["Accounts"])


@routes.delete("/users/me", summary="Delete one's account", status_code=204)
def close_account(app: TheApp, unit: Writing) -> None:
    """Closes it now, and deletes it with all that is the user's alone after `accounts.delete_days`.

    409 for the last keeper, and where others would be left in a library without an owner.
    """
    leaving.ask(unit, users.acting(unit), app.settings.accounts.delete_days)
