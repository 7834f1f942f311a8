"""Who a request's credentials stand for."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from albumen.accounts import keys, sessions, users
from albumen.app import App
from albumen.http.auth import Credentials
from albumen.kernel import ids
from albumen.kernel.actor import SYSTEM, Actor, Scope
from albumen.kernel.errors import Denied, SignIn

APPLICATION_SCOPES = frozenset({Scope.read, Scope.write, Scope.share})


def identify(app: App, shown: Credentials) -> Actor:
    """The caller.  Raises SignIn, or Invalid for an application key without a usable `API-User-ID`."""
    if shown.key is None:
        if shown.session is None:
            raise SignIn
        return _by_session(app, shown.session)
    application = _application(app, shown.key)
    if application is not None:
        return _for_application(app, application, (shown.user_key or "").strip())
    return _by_key(app, shown.key)


@dataclass(frozen=True)
class Application:
    """A configured key: the user ids it may name (a shell pattern), and the only libraries it opens (None: all)."""

    key: str
    users: str
    libraries: frozenset[int] | None


def is_application_key(app: App, key: str) -> bool:
    """Whether this is one of the two configured keys."""
    return _application(app, key) is not None


def is_for_all(app: App, key: str) -> bool:
    """Whether this is a configured key without any limit, which may be told of the whole service."""
    found = _application(app, key)
    return found is not None and found.users == "*" and found.libraries is None


def _application(app: App, key: str) -> Application | None:
    """The configured key that this is; both are compared in constant time.  The same key twice is the first."""
    matching = [each for each in _configured(app) if hmac.compare_digest(each.key.encode(), key.encode())]
    return next((each for each in matching if each.key), None)


def _configured(app: App) -> Iterator[Application]:
    api = app.settings.api
    yield Application(api.key_1.get_secret_value(), api.key_1_users, _libraries(api.key_1_libraries))
    yield Application(api.key_2.get_secret_value(), api.key_2_users, _libraries(api.key_2_libraries))


def _libraries(listed: str) -> frozenset[int] | None:
    return frozenset(ids.decode(each.strip()) for each in listed.split(",")) if listed.strip() else None


def _for_application(app: App, application: Application, name_key: str) -> Actor:
    users.check_name_key(name_key, loc="API-User-ID")
    if not fnmatchcase(users.plain_key(name_key), application.users):
        raise Denied("This key is not for this user.")
    with app.reading(SYSTEM) as unit:
        user = users.by_name_key(unit, name_key)
    if user is None:
        with app.writing(SYSTEM) as unit:
            user = users.first_seen(unit, name_key)
    if user.disabled_at is not None:
        raise SignIn("This user has been removed.")
    return Actor(user.id, APPLICATION_SCOPES, libraries=application.libraries, may_name=application.users)


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
