"""The pages as an installed app: manifest, share sheet, what is kept for when there is no connection, and its end."""

import json
import re
from datetime import datetime

from playwright.sync_api import Dialog, Page, expect
from tests.installation import wait_until
from tests.web.conftest import Visit
from tests.web.live import EMAIL, PASSWORD, jpeg

SHARE = """async (bytes) => {
    await navigator.serviceWorker.ready;
    const form = new FormData();
    form.append("files", new File([new Uint8Array(bytes)], "from the phone.jpg", { type: "image/jpeg" }));
    const answer = await fetch("/share-target", { method: "POST", body: form, redirect: "manual" });
    return answer.type;
}"""


def controlled(page: Page) -> None:
    """Wait until the service worker has the page."""
    wait_until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))


def test_what_a_phone_shares_is_uploaded_after_the_sign_in_and_nothing_stays_after_the_sign_out(
    keeper: object, visit: Visit
) -> None:
    visitor = visit(service_workers="allow")
    page = visitor.page
    page.goto("/login")
    controlled(page)
    assert page.evaluate(SHARE, list(jpeg(datetime(2018, 5, 6, 7, 8)))) == "opaqueredirect"
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.goto("/upload?shared=1")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("upload-queue h2")).to_have_text(re.compile("1 file added|Nothing new"))
    expect(page.get_by_role("link", name="from the phone.jpg")).to_be_visible()
    assert asked == ["Upload 1 file that was shared from elsewhere?"]
    assert page.evaluate("caches.has('shared')") is False
    page.goto("/library")
    expect(page.locator(".cell.in").first).to_be_visible()
    wait_until(lambda: page.evaluate("caches.open('thumbnails').then(each => each.keys()).then(each => each.length)"))
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(each => each.keys()))))"
        ".then(found => found.flat().map(each => new URL(each.url).pathname))"
    )
    assert [path for path in kept if not re.match("/static/|/media/|/offline$", path)] == []
    visitor.context.set_offline(True)
    page.goto("/albums")
    expect(page.get_by_role("heading", name="There is no connection")).to_be_visible()
    expect(page.locator("#recent img").first).to_be_visible()
    visitor.context.set_offline(False)
    expect(page.get_by_role("heading", name="Albums", exact=True)).to_be_visible()
    page.goto("/settings/security")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page).to_have_url(re.compile("/login"))
    wait_until(lambda: not page.evaluate("caches.has('thumbnails')"))
    page.evaluate("caches.open('thumbnails')")
    page.goto("/library")  # as after a session that ended by itself
    expect(page).to_have_url(re.compile("/login"))
    wait_until(lambda: not page.evaluate("caches.has('thumbnails')"))
    visitor.watch.allow("ERR_INTERNET_DISCONNECTED")


def test_the_manifest_names_icons_that_are_there(keeper: object, visit: Visit) -> None:
    visitor = visit()
    told = json.loads(visitor.context.request.get("/manifest.webmanifest").text())
    assert told["share_target"]["action"] == "/share-target"
    for icon in told["icons"]:
        answer = visitor.context.request.get(icon["src"])
        assert answer.body()[:4] == b"\x89PNG"
        side = int(icon["sizes"].partition("x")[0])
        assert int.from_bytes(answer.body()[16:20]) == side
    assert "no-cache" in visitor.context.request.get("/sw.js").headers["cache-control"]
    refused = visitor.context.request.post("/share-target", multipart={"title": "x"}, max_redirects=0)
    assert (refused.status, refused.headers["location"]) == (303, "/upload")
