"""Where pages declare their routes."""

from fastapi import APIRouter

from albumen.http.late import LateRoute


class Pages(APIRouter):
    """The routes of some pages; OpenAPI does not tell of them."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix=prefix, include_in_schema=False, route_class=LateRoute)
