"""A browser without JavaScript, in which somebody is signed in, and what its tests look at."""

import re
from typing import Any

from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient
from tests import make
from tests.installation import Installation, Shelf

from albumen import server
from albumen.accounts import sessions
from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Desk(TestClient):
    """A browser of somebody who is signed in, without JavaScript; it follows no redirect by itself."""

    def __init__(self, installation: Installation, name: str) -> None:
        app = server.serve(installation.app)
        super().__init__(app, "http://testserver", raise_server_exceptions=False, follow_redirects=False, headers=HTML)
        installation.caller(name).get("/users/me")
        with installation.app.writing(SYSTEM) as unit:
            user = unit.db.scalars(select(User).where(User.name_key == name)).one()
            self.session = sessions.start(unit, user, days=1)
        self.cookies.set("albumen", self.session)

    def submit(self, path: str, **fields: Any) -> Response:
        """A form, with the token of the session."""
        return self.post(path, data={"csrf": sessions.csrf_token(self.session), **fields})

    def sent(self, path: str, **fields: Any) -> str:
        """The same; where it leads."""
        answer = self.submit(path, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def page(self, path: str) -> str:
        """A page that is there; it has one title and one heading."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        assert len(re.findall(r"<h1[ >]", answer.text)) == len(re.findall("<title>", answer.text)) == 1
        return answer.text


def three(shelf: Shelf) -> list[str]:
    """Photos of three days, the oldest first."""
    taken = (f"2021-07-0{day} 12:00:00" for day in (1, 2, 3))
    return [shelf.add(make.photo(taken=each), f"{each[:10]}.jpg")["fileId"] for each in taken]


def shown(page: str) -> list[str]:
    """The photos of a page, in its order."""
    return re.findall(r'id="p-(\w+)"', page)
