"""Bodies that bring photos, as endpoints are handed them."""

from typing import Annotated

from fastapi import Depends, Query, Request

from albumen.libraries.incoming import Body


def body_of(
    request: Request,
    name: Annotated[str, Query(max_length=1000, description="Its name, where a photo comes without a form.")] = "",
) -> Body:
    """The body of a request, as it streams in."""
    return Body(request.stream(), request.headers, name)


Arriving = Annotated[Body, Depends(body_of)]
