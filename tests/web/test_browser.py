"""What a person does, in a real browser before a real server."""

import re
from datetime import datetime
from urllib.parse import quote

import pytest
from playwright.sync_api import FilePayload, Page, Route, StorageState, expect
from tests.installation import wait_until
from tests.web import reach
from tests.web.conftest import Visit
from tests.web.live import EMAIL, PASSWORD, jpeg

LIGHTHOUSE = datetime(2019, 6, 28, 12, 43, 29)
HARBOUR = datetime(2019, 6, 27, 9, 5)
LENGTHEN = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const kept = "script, style, code, option, textarea, svg, time";
    for (let node; (node = walker.nextNode()); ) {
        if (node.data.trim().length < 2 || node.parentElement.closest(kept)) continue;
        node.data = node.data.replace(/\\p{L}{3,}/gu, (word) => word + "éü".repeat(Math.ceil(word.length / 5)));
    }
}"""
"""A language whose words are two fifths longer than English ones."""
PAGES = (
    *("/library", "/library/pages", "/albums", "/folders", "/favourites", "/archive", "/tags", "/trash"),
    *("/more", "/libraries"),
    *("/folders/tree", "/albums/new?q=type:photo", "/shared"),
    *("/search", "/search?q=type:photo", "/search?q=(sea", "/upload", "/offline", "/login", "/sign-in/used"),
    *("/settings/security", "/settings/tokens", "/settings/appearance"),
    *("/map", "/duplicates", "/duplicates?kind=near", "/people", "/search?q=type:photo&sort=size"),
    *("/settings/profile", "/settings/sessions", "/settings/storage", "/settings/second-factor", "/forgot"),
    "/settings/delete",
    *("/admin", "/admin/users", "/admin/jobs", "/admin/storage", "/admin/health", "/admin/audit", "/admin/settings"),
    "/setup",
)


def payload(name: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": body}


@pytest.fixture(scope="session")
def photos() -> list[FilePayload]:
    return [
        payload("lighthouse.jpg", jpeg(LIGHTHOUSE)),
        payload("harbour.jpg", jpeg(HARBOUR, "#b08a6a", (600, 900))),
    ]


def sign_in(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/library(/pages)?$"))


@pytest.fixture
def shown(visit: Visit, keeper: StorageState, photos: list[FilePayload]) -> None:
    """Both photos are in the library and can be seen."""
    page = visit(storage_state=keeper).page
    page.goto("/upload")
    page.locator("#files").set_input_files(photos)
    expect(page.locator("upload-queue h2")).to_have_text(re.compile("2 files added|Nothing new"))
    page.goto("/library")
    expect(page.locator(".cell.in")).to_have_count(2)


def press(page: Page, key: str) -> None:
    """Press a key once the page listens to it."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def photo_page(page: Page, name: str) -> None:
    """The page of a photo by itself, as a link to it opens it."""
    page.goto("/library")
    address = page.get_by_role("link", name=name).get_attribute("href")
    assert address
    page.goto(address)


def test_photos_chosen_appear_on_their_day(shown: None, visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.goto("/library")
    expect(page).to_have_title("Timeline, Library, Albumen")
    expect(page.get_by_role("heading", level=2)).to_have_text(["June 2019"])
    days = page.get_by_role("heading", level=3)
    expect(days).to_have_text(["Fri, 28 Jun 2019", "Thu, 27 Jun 2019"])
    image = page.get_by_role("link", name="Photo, 28 June 2019, 12:43").locator("img")
    expect(image).to_have_attribute("src", re.compile("^/media/"))
    assert image.evaluate("async each => { await each.decode(); return each.naturalWidth }") > 0
    box = image.bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(1.5, rel=0.02)


def test_photo_page_tells_its_facts_and_turns_by_keys(shown: None, visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    photo_page(page, "Photo, 28 June 2019, 12:43")
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday, 28 June 2019")
    facts = page.locator(".facts")
    for fact in ("28 June 2019, 12:43:29, UTC+2", "from the camera (Exif)", "Voigt Lander 9", "900 × 600"):
        expect(facts).to_contain_text(fact)
    expect(facts).to_contain_text("1/250 s · f/2.8 · ISO 400 · 35 mm")
    press(page, "ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thursday, 27 June 2019")
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday, 28 June 2019")
    press(page, "Escape")
    expect(page).to_have_url(re.compile("/library#p-"))
    expect(page.get_by_role("link", name="Photo, 28 June 2019, 12:43")).to_be_focused()


def test_original_is_downloaded_as_it_came(
    shown: None, visit: Visit, keeper: StorageState, photos: list[FilePayload]
) -> None:
    page = visit(storage_state=keeper).page
    photo_page(page, "Photo, 28 June 2019, 12:43")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "lighthouse.jpg"
    assert download.value.path().read_bytes() == photos[0]["buffer"]


def test_photo_deleted_leaves_the_timeline(visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.goto("/upload")
    page.locator("#files").set_input_files([payload("spare.jpg", jpeg(datetime(2001, 1, 2, 3, 4)))])
    page.get_by_role("link", name="spare.jpg").click()
    page.get_by_text("Delete").click()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("status")).to_have_text("The photo is in the trash.")
    expect(page.locator(".cell")).to_have_count(2)


def test_upload_tells_what_became_of_each(
    shown: None, visit: Visit, keeper: StorageState, photos: list[FilePayload]
) -> None:
    visitor = visit(storage_state=keeper)
    page = visitor.page
    page.goto("/library")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["no photo at all"], "letter.txt"));
            dispatchEvent(new DragEvent("dragenter", { dataTransfer: data }));
            dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        }"""
    )
    queue = page.locator("upload-queue")
    expect(queue).to_contain_text("Not added 1")
    expect(queue.locator(".outcome li")).to_contain_text("letter.txt")
    expect(queue.locator(".wrong")).not_to_be_empty()
    expect(queue.get_by_role("button", name="Retry")).to_have_count(0)  # it will never be a photo
    queue.get_by_role("button", name="Close").click()
    expect(queue).to_be_hidden()
    visitor.watch.allow("400", "415")
    page.goto("/upload")
    page.locator("#files").set_input_files(photos[:1])
    expect(page.locator("upload-queue")).to_contain_text("Already here 1")


def test_everything_works_without_javascript(shown: None, visit: Visit, photos: list[FilePayload]) -> None:
    page = visit(java_script_enabled=False).page
    sign_in(page)
    page.get_by_role("link", name="Upload").click()
    page.locator("#files").set_input_files([*photos, payload("letter.txt", b"no photo at all")])
    page.get_by_role("button", name="Upload").click()
    outcomes = page.get_by_label("Outcome")
    expect(outcomes.get_by_role("heading")).to_have_text(["Already here 2", "Not added 1"])
    page.get_by_role("link", name="Open the timeline").click()
    expect(page.locator(".tiles img")).to_have_count(2)
    page.get_by_role("link", name="Photo, 27 June 2019, 09:05").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thursday, 27 June 2019")
    page.get_by_role("link", name="Newer").click()
    expect(page.get_by_role("img", name="Photo, 28 June 2019, 12:43")).to_be_visible()


def test_pictures_whose_links_have_ended_are_fetched_anew(shown: None, visit: Visit, keeper: StorageState) -> None:
    visitor = visit(storage_state=keeper)
    page = visitor.page
    ended = {"many": 5}

    def end(route: Route) -> None:
        ended["many"] -= 1
        route.fulfill(status=410) if ended["many"] >= 0 else route.continue_()

    page.route("**/media/**", end)
    page.goto("/library")
    loaded = "all => all.length === 2 && all.every(each => each.complete && each.naturalWidth > 0)"
    wait_until(lambda: page.locator(".cell img").evaluate_all(loaded), "the pictures")
    assert ended["many"] < 0
    visitor.watch.allow("410")


def test_pages_are_accessible(shown: None, visit: Visit, keeper: StorageState) -> None:
    visitor = visit(storage_state=keeper, reduced_motion="reduce")
    page = visitor.page
    page.goto("/library")
    photo = page.get_by_role("link", name="Photo, 28 June").get_attribute("href")
    assert photo
    for path in (*PAGES, photo, "/nothing-here"):
        page.goto(path)
        reach.check(page)
    visitor.watch.allow("404")


def test_pages_fit_a_narrow_phone(shown: None, visit: Visit, keeper: StorageState) -> None:
    visitor = visit(storage_state=keeper, viewport={"width": 320, "height": 640})
    page = visitor.page
    page.goto("/library")
    photo = page.get_by_role("link", name="Photo, 28 June").get_attribute("href")
    assert photo
    for path in (*PAGES, photo):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.evaluate(LENGTHEN)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, f"{path} with longer words"


def test_search_stands_in_the_address_and_back_returns(shown: None, visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.goto("/library")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search photos")
    expect(field).to_be_focused()
    field.press_sequentially("is:fav")
    expect(page.get_by_role("option").first).to_contain_text("favorite")
    field.fill("taken:2019 lander")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=taken%3A2019\+lander$"))
    expect(page.locator(".cell.in")).to_have_count(2)
    page.get_by_role("link", name="Without taken:2019").click()
    expect(page).to_have_url(re.compile(r"/search\?q=lander$"))
    page.go_back()
    expect(page.get_by_role("link", name="Without lander")).to_be_visible()
    page.goto("/search?q=" + quote("type:photo (sea"))
    expect(page.get_by_role("alert").last).to_contain_text("character")
    expect(page.locator(".pointed mark")).to_have_count(1)
    page.goto("/search?q=nowhere")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()


def test_album_folder_and_trash(shown: None, visit: Visit, keeper: StorageState) -> None:
    page = visit(storage_state=keeper).page
    page.goto("/albums")
    page.get_by_text("New album").click()
    page.get_by_label("Name").fill("Lights")
    page.get_by_role("button", name="Make album").click()
    expect(page.get_by_role("heading", name="Nothing in this album yet")).to_be_visible()
    page.goto("/library")
    page.locator(".cell.in").first.hover()
    page.locator(".pick").first.click()
    page.get_by_role("button", name="Add to album").click()
    page.get_by_label("Lights").check()
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(page.locator(".toast")).to_contain_text("1 photo is in “Lights”.")
    page.goto("/albums")
    page.get_by_role("link", name="Lights").click()
    expect(page.locator(".cell.in")).to_have_count(1)
    page.goto("/folders")
    page.get_by_role("link", name="All Pictures").click()
    page.get_by_text("New folder").click()
    page.get_by_label("Name").fill("Harbour")
    page.get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("navigation", name="Path")).to_contain_text("All Pictures")
    page.goto("/library")
    page.get_by_role("link", name="Photo, 28 June").focus()
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text("1 photo is in the trash.")
    expect(page.locator(".cell.in")).to_have_count(1)
    page.goto("/trash")
    page.get_by_role("checkbox", name="Photo, 28 June").check()
    page.get_by_role("button", name="Restore selected").click()
    expect(page.get_by_role("status")).to_have_text("1 photo is back.")
    page.goto("/library")
    expect(page.locator(".cell.in")).to_have_count(2)


def test_signing_out_ends_the_session(visit: Visit, keeper: StorageState) -> None:
    page = visit().page
    sign_in(page)
    page.goto("/settings/security")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto("/upload")
    expect(page).to_have_url(re.compile("/login\\?next="))
