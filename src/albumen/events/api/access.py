"""The routes by which guests come in, see where they are, and leave."""

from fastapi import Request, Response

from albumen.events import entering, guest_views, guests
from albumen.events.api.visiting import GuestReading, GuestToken, GuestWriting
from albumen.events.guest_views import AccessForm, AdmittedView, VisitView
from albumen.events.guests import Knock
from albumen.http.deps import TheApp
from albumen.http.guest_tokens import check_own_page, clear_cookie, set_cookie, shown_token
from albumen.http.limits import network_of
from albumen.http.views import Routes
from albumen.kernel.actor import SYSTEM

routes = Routes(tags=["Guests"])


@routes.post("/access", summary="Open an event with an access code")
def enter(app: TheApp, request: Request, response: Response, form: AccessForm) -> AdmittedView:
    """The code alone is enough.  Sets the guest cookie; the token in the answer does the same as `Bearer`."""
    admitted = entering.enter(app, knock_of(request, form))
    with app.reading(SYSTEM) as unit:
        view = guest_views.of_admitted(unit, app, admitted.visit, admitted.token)
    set_cookie(request, response, view.token)
    return view


def knock_of(request: Request, form: AccessForm) -> Knock:
    """Who wants in, of a request.  Raises Denied for one that another site's page sent."""
    check_own_page(request)
    network = network_of(request.client.host if request.client else "")
    return Knock(form.access_code.strip(), network, form.public_url, form.guest_name, shown_token(request))


@routes.get("/access", summary="What this guest may see")
def get_visit(app: TheApp, here: GuestReading, token: GuestToken) -> VisitView:
    """With the time left.  Counts as a visit once in half an hour."""
    if guests.is_stale(here.unit, here.visit):
        with app.writing(SYSTEM) as unit:
            guests.touch(unit, token)
    return guest_views.of_visit(here.unit, app, here.visit)


@routes.delete("/access", summary="Leave", status_code=204)
def leave(here: GuestWriting, request: Request, response: Response) -> None:
    """The token is of no use any more."""
    guests.leave(here.unit, here.visit)
    clear_cookie(request, response)
