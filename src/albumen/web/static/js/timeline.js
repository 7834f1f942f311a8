// @ts-check
// The timeline goes on by itself at its end, and shows photos as they become ready.

const AHEAD = "1600px";
const FROM_GRID = "albumen.grid";
const root = document.getElementById("timeline");

/** The page that a photo came with. @type {WeakMap<Element, string>} */
const pages = new WeakMap();
/** When a page's links were taken anew. @type {Map<string, number>} */
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

/** Links to pictures end after a while; take those of a page anew. @param {string} url */
async function renew(url) {
  if (Date.now() - (renewed.get(url) ?? 0) < 60_000) return;
  renewed.set(url, Date.now());
  const page = await days(url).catch(() => null);
  for (const made of page?.querySelectorAll("li[id]") ?? []) {
    const image = document.getElementById(made.id)?.querySelector("img");
    if (image && !image.naturalWidth) image.closest("li")?.replaceWith(made);
  }
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
      const tile = target instanceof HTMLImageElement && target.closest("li");
      if (tile) renew(pages.get(tile) ?? root.dataset.days ?? "");
    },
    true,
  );
  root.addEventListener("click", (event) => {
    const tile = event.target instanceof Element && event.target.closest(".tiles li");
    if (tile && !event.metaKey && !event.ctrlKey && !event.shiftKey) remember(tile);
  });
}

window.addEventListener("pageshow", () => sessionStorage.removeItem(FROM_GRID));
