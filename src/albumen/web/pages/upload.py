"""Upload: a page with a picker and a place to drop files, and the form behind it for browsers without JavaScript."""

from fastapi import Depends, Request, Response

from albumen.http.deps import TheApp, identify
from albumen.web import intake, render
from albumen.web.router import Pages

routes = Pages()


@routes.get("/upload", dependencies=[Depends(identify)])
def upload_page(request: Request) -> Response:
    """Choose files."""
    return render.page(request, "upload/upload.html", section="upload", outcomes=())


@routes.get("/library/upload")
def again() -> Response:
    """Where a reload of the answer leads."""
    return render.go("/upload")


@routes.post("/library/upload")
async def upload(app: TheApp, request: Request) -> Response:
    """Take the files of a plain form in, and say what became of each."""
    outcomes = await intake.receive(app, request)
    return render.page(request, "upload/upload.html", section="upload", outcomes=outcomes)
