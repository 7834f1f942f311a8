"""The route by which guests ask for downloads."""

from albumen.events import download_views, downloads
from albumen.events.api.visiting import GuestToken
from albumen.events.download_views import EVERYTHING, DownloadForm, GuestDownloadView
from albumen.http.deps import TheApp
from albumen.http.views import Routes

routes = Routes(tags=["Guests"])


@routes.post("/access/download", summary="Download all, or some photos")
def offer_download(app: TheApp, token: GuestToken, form: DownloadForm = EVERYTHING) -> GuestDownloadView:
    """A link to one ZIP of known length that can be resumed; or to several, of at most `partBytes` each.

    Without a body: all.  One photo comes in a ZIP, too; by itself it has a link in the list.  What is in it is settled
    now; at each fetch the code is checked anew.
    """
    offer = downloads.offer(app, token, form.asked())
    return download_views.of_offer(offer, in_parts=form.part_bytes is not None)
