// @ts-check
// The timeline goes on by itself at its end, and shows photos as they become ready.

const AHEAD = "1600px";
const FROM_GRID = "albumen.grid";
const root = document.getElementById("timeline");

/** The page that a photo came with. @type {WeakMap<Element, string>} */
const pages = new WeakMap();
/** How often in a row a page's links were taken anew, and when last. @type {Map<string, {times: number, at: number}>} */
const renewed = new Map();

/** @param {string} url @returns {Promise<DocumentFragment>} */
async function days(url) {
  const answer = await fetch(url, { headers: { Accept: "*/*" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  for (const tile of template.content.querySelectorAll("li[id]")) pages.set(tile, url);
  return template.content;
}

/** Put a page after what is there; a month or day that went over its edge becomes one again.
 * @param {HTMLElement} onto @param {DocumentFragment} page */
function join(onto, page) {
  const month = page.querySelector(".month");
  const last = [...onto.querySelectorAll(".month")].at(-1);
  if (month instanceof HTMLElement && last instanceof HTMLElement && month.dataset.month === last.dataset.month) {
    const day = month.querySelector(".day");
    const before = [...last.querySelectorAll(".day")].at(-1);
    if (day instanceof HTMLElement && before instanceof HTMLElement && day.dataset.day === before.dataset.day) {
      before.querySelector(".tiles")?.append(...day.querySelectorAll("li"));
      day.remove();
    }
    last.querySelector(".days")?.append(...month.querySelectorAll(".day"));
    month.remove();
  }
  onto.append(page);
}

/** Load on before the end is reached. @param {HTMLElement} onto */
function follow(onto) {
  const link = onto.querySelector(".more a");
  if (!(link instanceof HTMLAnchorElement)) return;
  const watch = new IntersectionObserver(
    async ([entry]) => {
      if (!entry.isIntersecting) return;
      watch.disconnect();
      try {
        const page = await days(link.dataset.days ?? "");
        link.parentElement?.remove();
        join(onto, page);
        follow(onto);
        prepare(onto, link.dataset.days ?? "");
      } catch {
        link.textContent = "Older photos: try again";
      }
    },
    { rootMargin: AHEAD },
  );
  watch.observe(link);
}

/** Look again, ever less often, while photos of a page are being prepared.
 * @param {HTMLElement} within @param {string} url @param {number} [seconds] */
function prepare(within, url, seconds = 2) {
  if (!within.querySelector("[data-waiting]")) return;
  setTimeout(async () => {
    if (document.visibilityState === "visible") {
      const page = await days(url).catch(() => null);
      for (const old of within.querySelectorAll("[data-waiting]")) {
        const made = page?.getElementById(old.id);
        if (made && !made.hasAttribute("data-waiting")) old.replaceWith(made);
      }
    }
    prepare(within, url, Math.min(15, seconds * 1.5));
  }, seconds * 1000);
}

/** Links to pictures end after a while; take those of a page anew: at once, then ever less often while that
 * does not help. @param {string} url */
function renew(url) {
  const last = renewed.get(url) ?? { times: 0, at: 0 };
  const since = Date.now() - last.at;
  if (since < 0) return;
  const times = since > 60_000 ? 0 : last.times;
  const wait = times && Math.min(60_000, 500 * 2 ** times);
  renewed.set(url, { times: times + 1, at: Date.now() + wait });
  setTimeout(async () => {
    const page = broken().length ? await days(url).catch(() => null) : null;
    for (const image of broken()) {
      const made = page?.getElementById(image.closest("li")?.id ?? "");
      if (made) image.closest("li")?.replaceWith(made);
    }
  }, wait);
}

/** The pictures that did not come. */
function broken() {
  return [...(root?.querySelectorAll("li[id] img") ?? [])].filter(
    (image) => image instanceof HTMLImageElement && image.complete && !image.naturalWidth,
  );
}

/** @param {Element} image */
function renewAround(image) {
  const tile = image.closest("li");
  if (tile) renew(pages.get(tile) ?? root?.dataset.days ?? "");
}

/** Remember where this is, for when somebody comes back and the page must be loaded anew. @param {Element} tile */
function remember(tile) {
  const page = pages.get(tile)?.replace("/library/days", "/library") ?? location.pathname + location.search;
  history.scrollRestoration = "manual";
  history.replaceState(null, "", `${page}#${tile.id}`);
  sessionStorage.setItem(FROM_GRID, "yes");
}

/** Show the photo that was left.  The browser would scroll to where it stood on a page that had grown. */
function restore() {
  const tile = location.hash.startsWith("#p-") && document.getElementById(location.hash.slice(1));
  if (!tile) return;
  tile.scrollIntoView({ block: "center" });
  tile.querySelector("a")?.focus({ preventScroll: true });
}

if (root) {
  restore();
  follow(root);
  prepare(root, root.dataset.days ?? "");
  root.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLImageElement) renewAround(target);
    },
    true,
  );
  // Those that failed before this script ran.
  broken().forEach(renewAround);
  root.addEventListener("click", (event) => {
    const tile = event.target instanceof Element && event.target.closest(".tiles li");
    if (tile && !event.metaKey && !event.ctrlKey && !event.shiftKey) remember(tile);
  });
}

window.addEventListener("pageshow", () => sessionStorage.removeItem(FROM_GRID));
