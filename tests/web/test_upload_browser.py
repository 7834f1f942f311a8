"""The upload queue in a real browser: many files, a broken line, a reload in the middle, what is there already."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests import make
from tests.assets.live_photos import live_film, live_photo
from tests.events.party import Party
from tests.installation import Caller, Installation, wait_until
from tests.web import reach
from tests.web import studio as studios
from tests.web.studio import Studio, drop, photos

from albumen.accounts.models import User
from albumen.kernel.actor import SYSTEM
from albumen.libraries.models import File

SLOW = 3_000_000  # bytes a second
PIECE = 8 << 20


@pytest.fixture
def studio(installation: Installation, alice: Caller, browser: Browser) -> Iterator[Studio]:
    with studios.opened(browser, installation) as made:
        yield made


def line(page: Page, *, throughput: int = -1, offline: bool = False) -> None:
    """Make the line as slow as that, or cut it."""
    told = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": throughput}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", told)


def elements(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('*').length"))


def outcome(page: Page, title: str) -> str:
    """How many files are in a group of outcomes."""
    group = page.locator(".outcome", has=page.get_by_role("heading", name=re.compile(f"^{title}")))
    return group.locator(".count").inner_text() if group.is_visible() else "0"


def file_of(page: Page, name: str) -> str:
    """The file that an outcome leads to."""
    return str(page.get_by_role("link", name=name).last.get_attribute("href")).removeprefix("/library/p/")


def test_a_folder_of_photos_arrives_and_the_page_stays_small(studio: Studio) -> None:
    assert most_elements(studio, 60) < 900


@pytest.mark.torture
def test_two_thousand_photos_arrive(studio: Studio) -> None:
    assert most_elements(studio, 2000) < 900


def most_elements(studio: Studio, count: int) -> int:
    """Send so many photos and a file that is none; how many elements the page had at most."""
    page = studio.window()
    page.goto("/upload")
    drop(page, {**photos(count), "notes.txt": b"no photo"})
    expect(page.locator("upload-queue h2")).to_have_text(re.compile("^Uploading"))
    before = elements(page)
    expect(page.locator("upload-queue h2")).to_have_text(f"{count:,} files added, 1 file not added", timeout=400_000)
    assert (outcome(page, "Added"), outcome(page, "Not added")) == (f"{count:,}", "1")
    shown = page.get_by_role("region", name="Added")
    shown.evaluate("each => each.scrollTop = each.scrollHeight")
    expect(shown.get_by_role("link").last).to_be_visible()
    assert studio.installation.rows(File) == count
    asked = [each for each in studio.asked if each.endswith("/uploads/check")]
    assert len(asked) < 10 + count / 20
    studio.watch.allow("415", "400")
    return max(before, elements(page))


def test_a_cut_line_costs_one_piece_of_each_open_file(studio: Studio) -> None:
    page = studio.window()
    page.goto("/upload")
    files, size = photos(2), 12 << 20
    line(page, throughput=SLOW * 4)
    drop(page, files, size)
    wait_until(lambda: studio.scales.received > size * 0.8)
    line(page, offline=True)
    expect(page.get_by_role("alert")).to_contain_text("There is no connection")
    studio.watch.allow("409")  # whoever goes on before the server has counted what came is told where it stands
    line(page)
    expect(page.locator("upload-queue h2")).to_have_text("2 files added")
    total = sum(len(each) + size for each in files.values())
    assert total <= studio.scales.received <= total + 2 * PIECE
    studio.watch.allow("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


def test_a_reload_in_the_middle_skips_what_is_there_and_goes_on(studio: Studio) -> None:
    page = studio.window()
    page.goto("/upload")
    small, big = photos(3), {"long.jpg": make.photo()}
    line(page, throughput=SLOW)
    drop(page, small)
    expect(page.locator("upload-queue h2")).to_have_text("3 files added")
    drop(page, big, 20 << 20)
    wait_until(lambda: studio.scales.received > PIECE)
    page.reload()
    before = studio.scales.received
    drop(page, big, 20 << 20)
    drop(page, small)
    expect(page.locator("upload-queue h2")).to_have_text("1 file added")
    assert (outcome(page, "Added"), outcome(page, "Already here")) == ("1", "3")
    assert studio.scales.received - before < 13 << 20
    assert studio.installation.rows(File) == 4
    studio.installation.check_counts()


def test_what_is_there_already_is_told_with_its_link_and_not_sent(studio: Studio, alice: Caller) -> None:
    page = studio.window()
    page.goto("/upload")
    files = photos(2)
    drop(page, {**files, "twin.jpg": files["IMG_0001.jpg"]})
    expect(page.locator("upload-queue h2")).to_have_text("2 files added")
    assert outcome(page, "Already here") == "1"
    before = studio.scales.received
    drop(page, files)
    expect(page.locator("upload-queue")).to_contain_text("Already here 3")
    assert studio.scales.received == before
    assert studio.installation.rows(File) == 2
    assert file_of(page, "twin.jpg") == file_of(page, "IMG_0001.jpg")


def test_what_has_no_room_is_refused_in_words_before_its_first_byte_and_the_rest_goes_on(
    studio: Studio, installation: Installation
) -> None:
    page = studio.window(reduced_motion="reduce")
    user_id = installation.user("alice").id
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, user_id).quota_bytes = 1_000_000
    page.goto("/upload")
    drop(page, photos(2, "BIG"), 2_000_000)
    expect(page.locator("upload-queue h2")).to_have_text("Nothing new, 2 files not added")
    expect(page.locator(".outcome .wrong").first).to_contain_text("it has 2.0 MB, and 1.0 MB are free")
    assert studio.scales.received == 0
    page.evaluate(_DROP_TEXT)
    expect(page.locator(".outcome li", has_text="notes.txt")).to_contain_text("not a photo or video")
    small = photos(2)
    drop(page, {**photos(1, "BIGGER"), **small}, 300_000)
    expect(page.locator("upload-queue h2")).to_have_text("3 files added, 3 files not added")
    drop(page, photos(1, "MORE"), 400_000)
    expect(page.locator("upload-queue h2")).to_have_text("3 files added, 4 files not added")
    assert installation.rows(File) == 3
    reach.check(page)
    with installation.app.writing(SYSTEM) as unit:
        unit.db.get_one(User, user_id).quota_bytes = None
    page.get_by_role("button", name="Retry 3 files").click()
    expect(page.locator("upload-queue h2")).to_have_text("6 files added, 1 file not added")
    studio.watch.allow("415", "400")
    installation.check_counts()


def test_what_can_never_be_taken_is_not_offered_to_be_sent_again(studio: Studio) -> None:
    page = studio.window()
    page.goto("/upload")
    drop(page, {"broken.jpg": b"\xff\xd8\xff\xe0 and nothing behind it", "empty.jpg": b""})
    page.evaluate(_DROP_TEXT)
    expect(page.locator("upload-queue h2")).to_have_text("Nothing new, 3 files not added")
    assert outcome(page, "Not added") == "3"
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    studio.watch.allow("415", "400")


_DROP_TEXT = """() => {
    const data = new DataTransfer();
    data.items.add(new File(["no photo at all"], "notes.txt", { type: "text/plain" }));
    dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
}"""


def test_what_cannot_be_read_in_a_folder_is_named_and_the_rest_goes_on(studio: Studio) -> None:
    page = studio.window()
    page.goto("/upload")
    page.evaluate(_DROP_FOLDER, list(make.photo(size=(16, 12))))
    expect(page.locator("#toasts")).to_contain_text("/trip/locked.jpg")
    expect(page.locator("upload-queue h2")).to_have_text("1 file added")


_DROP_FOLDER = """(bytes) => {
    const photo = new File([new Uint8Array(bytes)], "IMG_1.jpg", { type: "image/jpeg", lastModified: 1560000000000 });
    const entries = [
        { isFile: true, fullPath: "/trip/locked.jpg", file: (done, fail) => fail(new Error("NotReadableError")) },
        { isFile: true, fullPath: "/trip/IMG_1.jpg", file: (done) => done(photo) },
    ];
    const reader = { readEntries: (done) => done(entries.splice(0)) };
    const folder = { isDirectory: true, fullPath: "/trip", createReader: () => reader };
    const event = new Event("drop", { cancelable: true });
    event.dataTransfer = { types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => folder }] };
    dispatchEvent(event);
}"""


def test_photos_go_into_the_set_of_an_event(
    studio: Studio, installation: Installation, alice: Caller, tmp_path: Path
) -> None:
    party = Party.of(installation, alice, photos=1)
    set_id = alice.post(f"{party.path}/sets", json={"name": "Dinner"}).json()["setId"]
    [here] = [alice.get(f"{party.shelf.library}/files/{each}/contents").content for each in party.file_ids]
    elsewhere = make.photo()
    filed = party.shelf.add(elsewhere, "elsewhere.jpg")["fileId"]
    page = studio.window()
    page.goto(f"{party.path}/upload")
    page.get_by_label("Into the set").select_option("Dinner")
    halves = {"IMG_7.mov": live_film(tmp_path), "IMG_7.jpg": live_photo()}
    drop(page, {**halves, "here.jpg": here, "elsewhere.jpg": elsewhere, "new.jpg": make.photo()})
    expect(page.locator("upload-queue h2")).to_have_text("4 photos are in the event")
    assert (outcome(page, "Added"), outcome(page, "In your library before")) == ("3", "2")
    listed = alice.get(f"{party.path}/files", params={"set": set_id}).json()["files"]
    assert {file["fileId"] for file in listed} >= {filed, *party.file_ids}
    assert len(listed) == 4
    assert len(alice.get(f"{party.path}/files").json()["files"]) == 4
    before = studio.scales.received
    drop(page, halves)
    expect(page.locator("upload-queue")).to_contain_text("In your library before 4")
    assert studio.scales.received == before
    page.reload()
    drop(page, {"elsewhere.jpg": elsewhere})
    expect(page.locator("upload-queue h2")).to_have_text("1 photo is in the event")
    installation.check_counts()


def test_photos_chosen_before_the_page_is_ready_are_sent(studio: Studio, tmp_path: Path) -> None:
    page = studio.window()
    (tmp_path / "EARLY.jpg").write_bytes(make.photo())

    def choose_first(module: Route) -> None:
        page.locator("#files").set_input_files(tmp_path / "EARLY.jpg")
        module.continue_()

    page.route("**/drop-zone.*.js", choose_first)
    page.goto("/upload")
    assert file_of(page, "EARLY.jpg")


def test_a_description_beside_a_photo_is_read_with_it(studio: Studio, alice: Caller) -> None:
    page = studio.window()
    page.goto("/upload")
    drop(page, {"IMG_1.jpg": make.photo(), "IMG_1.xmp": XMP.encode()})
    file_id = file_of(page, "IMG_1.jpg")
    [library] = alice.get("/libraries").json()
    file = alice.get(f"/libraries/{library['libraryId']}/files/{file_id}").json()
    assert (file["rating"], file["title"], sorted(file["tags"])) == (4, "Harbour", ["boats", "sea"])


XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmp:Rating="4"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour</rdf:li></rdf:Alt></dc:title>
<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>boats</rdf:li></rdf:Bag></dc:subject></rdf:Description>
</rdf:RDF></x:xmpmeta>"""


def test_an_upload_that_stands_elsewhere_than_was_thought_is_gone_on_with(studio: Studio, alice: Caller) -> None:
    """Something else has sent the first bytes, as a connection does that still hangs when the next one asks."""
    page, [(name, photo)], moved = studio.window(), photos(1).items(), list[int]()

    def send_some(route: Route) -> None:
        if route.request.method == "PATCH" and not moved:
            upload = "/uploads/" + route.request.url.rpartition("/")[2]
            headers = {
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
            }
            moved.append(alice.call("PATCH", upload, content=photo[:100], headers=headers).status_code)
        route.continue_()

    page.route("**/v1/uploads/*", send_some)
    page.goto("/upload")
    studio.watch.allow("409")
    drop(page, {name: photo}, 12 << 20)
    expect(page.locator("upload-queue h2")).to_have_text("1 file added")
    assert moved == [204]
