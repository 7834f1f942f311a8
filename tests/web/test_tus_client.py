"""The stock client of resumable uploads that the pages carry, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests import make
from tests.http import served
from tests.installation import Caller, Installation, Shelf

from albumen import server

CLIENT = Path(server.__file__).parent / "web/static/vendor/tus.min.js"
SEND = """async ({bytes, headers, metadata, stopAt}) => {
  const blob = new Blob([new Uint8Array(bytes)])
  const seen = []
  const send = (uploadUrl, stop) => new Promise((done, fail) => {
    const upload = new tus.Upload(blob, {
      endpoint: '/v1/uploads', uploadUrl, headers, metadata, chunkSize: 20000, retryDelays: [0, 50, 200],
      storeFingerprintForResuming: false,
      onError: fail, onSuccess: () => done(upload.url),
      onChunkComplete: (_, accepted) => {
        seen.push(accepted)
        if (stop && accepted >= stop) upload.abort().then(() => done(upload.url), fail)
      },
    })
    upload.start()
  })
  const url = await send(null, stopAt)
  if (stopAt) await send(url, 0)
  return {url, seen}
}"""


@pytest.fixture
def page(installation: Installation, browser: Browser) -> Iterator[Page]:
    """A page of our own server, with the client in it."""
    with served.served(server.serve(installation.app)) as port:
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}", bypass_csp=True)
        page = context.new_page()
        page.goto("/login")
        page.add_script_tag(path=CLIENT)
        yield page
        context.close()


def sent(page: Page, shelf: Shelf, content: bytes, stop_at: int = 0) -> dict[str, Any]:
    metadata = {"filename": "Grüße.bmp", "folderId": shelf.folder_id}
    told = {"bytes": list(content), "headers": shelf.by.headers, "metadata": metadata, "stopAt": stop_at}
    return dict(page.evaluate(SEND, told))


@pytest.mark.parametrize("stop_at", [0, 40_000], ids=["at one go", "stopped and gone on with"])
def test_it_uploads(installation: Installation, alice: Caller, page: Page, stop_at: int) -> None:
    shelf, content = alice.library(), make.photo(kind="bmp", size=(200, 150))
    told = sent(page, shelf, content, stop_at)
    assert told["seen"] == [*range(20_000, len(content), 20_000), len(content)]
    [file] = alice.get(f"{shelf.folder}/files").json()
    assert file["name"] == "Grüße.bmp"
    assert alice.get(f"{shelf.library}/files/{file['fileId']}/contents?attachment=true").content == content
    assert installation.spools() == 0
    installation.check_counts()
