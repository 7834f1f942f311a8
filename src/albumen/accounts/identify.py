"""Who a request's credentials stand for."""

import hmac

from albumen.accounts import keys, sessions, users
from albumen.app import App
from albumen.http.auth import Credentials
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import SignIn

APPLICATION_SCOPES = frozenset({Scope.read, Scope.write, Scope.share})


def identify(app: App, shown: Credentials) -> Actor:
    """The caller.  Raises SignIn, or Invalid for an application key without a usable `API-User-ID`."""
    if shown.key is None:
        if shown.session is None:
            raise SignIn
        return _by_session(app, shown.session)
    if is_application_key(app, shown.key):
        return _for_application(app, (shown.user_key or "").strip())
    return _by_key(app, shown.key)


def is_application_key(app: App, key: str) -> bool:
    """Whether this is one of the two configured keys; both are compared in constant time."""
    configured = [app.settings.api.key_1.get_secret_value(), app.settings.api.key_2.get_secret_value()]
    matches = [bool(each) and hmac.compare_digest(each.encode(), key.encode()) for each in configured]
    return any(matches)


def _for_application(app: App, name_key: str) -> Actor:
    users.check_name_key(name_key)
    with app.reading(SYSTEM) as unit:
        user = users.by_name_key(unit, name_key)
    if user is None:
        with app.writing(SYSTEM) as unit:
            user = users.first_seen(unit, name_key)
    if user.disabled_at is not None:
        raise SignIn("This user has been removed.")
    return Actor(user_id=user.id, scopes=APPLICATION_SCOPES)


def _by_session(app: App, token: str) -> Actor:
    with app.reading(SYSTEM) as unit:
        actor, is_stale = sessions.resume(unit, token)
    if is_stale:
        with app.writing(SYSTEM) as unit:
            sessions.touch(unit, token, days=app.settings.session.days)
    return actor


def _by_key(app: App, secret: str) -> Actor:
    with app.reading(SYSTEM) as unit:
        actor, stale_id = keys.resume(unit, secret)
    if stale_id is not None:
        with app.writing(SYSTEM) as unit:
            keys.touch(unit, stale_id)
    return actor
