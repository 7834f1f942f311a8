"""Forms: their fields, who sent them, and that it was one of our own pages that did."""

import hmac
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from albumen.accounts import sessions
from albumen.accounts.identify import identify
from albumen.app import App
from albumen.http.auth import Credentials, check_origin, credentials
from albumen.http.deps import TheApp
from albumen.kernel.actor import Actor
from albumen.kernel.errors import Denied, Invalid, SignIn
from albumen.unit import Unit

FIELD = "csrf"
_FIELDS = 100


@dataclass(frozen=True)
class Sent:
    """A form that one of our pages sent."""

    fields: Mapping[str, list[str]]

    def text(self, name: str) -> str:
        """What stands in a field; empty where it is missing."""
        return self.fields.get(name, [""])[0]

    def texts(self, name: str) -> list[str]:
        """All that was chosen under one name."""
        return self.fields.get(name, [])


@dataclass(frozen=True)
class Signed(Sent):
    """A form of somebody who is signed in; it repeated the session's token."""

    app: App
    actor: Actor

    def reading(self) -> AbstractContextManager[Unit]:
        """A unit of whoever sent it."""
        return self.app.reading(self.actor)

    def writing(self) -> AbstractContextManager[Unit]:
        """A unit of whoever sent it, which commits."""
        return self.app.writing(self.actor)


async def _sent(request: Request) -> Sent:
    check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Invalid("A form was expected.")
    try:
        body = (await request.body()).decode()
        return Sent(parse_qs(body, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        raise Invalid("The form cannot be read.") from None


Form = Annotated[Sent, Depends(_sent)]
"""A form of anybody, such as that to sign in with: only its origin is checked."""


def _signed(request: Request, app: TheApp, form: Form) -> Signed:
    check_token(request, form.text(FIELD))
    return Signed(form.fields, app, sender(request, app))


SignedForm = Annotated[Signed, Depends(_signed)]
"""A form of somebody who is signed in."""


def sender(request: Request, app: App) -> Actor:
    """Who is signed in; a form is never sent with a key.  Raises SignIn."""
    return identify(app, Credentials(session=credentials(request).session))


def check_token(request: Request, shown: str) -> None:
    """Refuse a form that does not repeat its session's token.  Raises SignIn, Denied."""
    token = credentials(request).session
    if token is None:
        raise SignIn
    if not hmac.compare_digest(shown.encode(), sessions.csrf_token(token).encode()):
        raise Denied("This form is from an earlier visit. Open the page again, and then send it.", code="csrf")
