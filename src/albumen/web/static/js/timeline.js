// @ts-check
// <photo-timeline>: a wall of any number of photos by date, of which only what is near the window is on the page.

import { isLost, lost } from "app/http";
import { t } from "app/i18n";
import { Lane } from "app/lane";
import { Layout } from "app/layout";
import { Links } from "app/links";
import { Painter } from "app/painter";
import { Selection } from "app/selection";
import { TimelineData } from "app/timeline-data";
import { keepPlace } from "app/timeline-place";

const PHONE = { row: 112, gap: 3, dayHead: 36, monthHead: 44, dayGap: 12 };
const DESKTOP = { row: 220, gap: 4, dayHead: 40, monthHead: 56, dayGap: 20 };
const BAR = 72; // what stands over the top of the window

export class PhotoTimeline extends HTMLElement {
  /** The photo that has the focus, or had it. */
  current = -1;

  connectedCallback() {
    const { index = "", chunks = "", links = "" } = this.dataset;
    this.grid = /** @type {HTMLElement} */ (this.querySelector("[role=grid]"));
    this.data = new TimelineData({ index, chunks });
    this.links = new Links(links, this.data);
    this.lane = new Lane(this.grid);
    this.painter = new Painter(this);
    this.selection = new Selection(0);
    return this.#open();
  }

  async #open() {
    try {
      await this.data.open();
      this.data.want(0, 1); // the page had it fetched ahead
    } catch (error) {
      return this.#tell(error);
    }
    this.#begin();
    this.#listen();
    keepPlace(this);
    this.setAttribute("drawn", "");
    this.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  }

  #listen() {
    this.data.addEventListener("chunk", () => this.painter.came());
    this.data.addEventListener("gone", () => this.refresh());
    this.links.addEventListener("links", () => this.painter.schedule());
    addEventListener("scroll", () => this.painter.schedule(), { passive: true });
    addEventListener("scrollend", () => {
      if (!this.lane.settle()) return;
      this.painter.shift();
      this.painter.schedule();
    });
    new ResizeObserver(() => this.#resized()).observe(this);
    addEventListener("resize", () => this.#resized());
  }

  /** @param {unknown} error */
  #tell(error) {
    const said = Object.assign(document.createElement("p"), { className: "wrong" });
    said.setAttribute("role", "alert");
    const why = error instanceof Error && !isLost(error) ? [error.message, t("Nothing was lost.")] : [lost(false, true)];
    const again = Object.assign(document.createElement("button"), { className: "button", textContent: t("Try again") });
    again.addEventListener("click", async () => {
      again.disabled = true;
      await this.#open();
      said.remove();
      /** @type {HTMLElement} */ (this.querySelector(".wrong button") ?? this.grid).focus();
    });
    said.append(why.join(" "), again);
    this.grid.setAttribute("aria-busy", "false");
    this.append(said);
  }

  #begin() {
    this.selection = new Selection(this.data.count);
    this.selection.addEventListener("change", () => this.#choosing());
    this.grid.setAttribute("aria-busy", "false");
    this.toggleAttribute("empty", !this.data.count);
    this.#measure();
    this.painter.schedule();
  }

  #measure() {
    this.width = this.clientWidth;
    const options = { ...(this.width < 640 ? PHONE : DESKTOP), width: this.width };
    if (this.width > 1800) options.row = 260;
    this.layout = new Layout(this.data, options);
    this.lane.measure(this.layout.height);
    this.grid.setAttribute("aria-rowcount", String(this.layout.lines));
    this.dispatchEvent(new CustomEvent("laid", { bubbles: true }));
  }

  #resized() {
    if (this.clientWidth !== this.width) this.anchored(() => this.#measure());
    else this.lane.measure(this.layout.height);
    this.painter.schedule();
  }

  /** Change the wall and keep the photo at the top of the window where it is. @param {() => void} change */
  anchored(change) {
    const { layout, lane } = this;
    const line = layout.lineAt(lane.y);
    const [place, share] = [layout.first[line], (lane.y - layout.top[line]) / (layout.heights[line] || 1)];
    const isAtTop = lane.y <= 0;
    change();
    this.painter.rows.clear();
    if (isAtTop || place >= this.layout.count) return;
    const now = this.layout.lineOf(place);
    lane.go(this.layout.top[now] + share * this.layout.heights[now]);
  }

  /** Look whether the wall has changed, and show it as it is now; not while photos are chosen. */
  async refresh() {
    if (this.selection.isActive || !this.layout) return;
    if (!(await this.data.open().catch(() => false))) return;
    this.links.forget();
    const hasFocus = this.grid.contains(document.activeElement);
    this.anchored(() => this.#begin());
    this.painter.paint(performance.now());
    const place = Math.min(this.current, this.data.count - 1);
    if (hasFocus && this.cellOf(place)) this.#focus(place); // the cells stand elsewhere now
  }

  /** The page of a photo. @param {string} id */
  address(id) {
    return (this.dataset.photo ?? "/library/p/{id}").replace("{id}", id);
  }

  #choosing() {
    document.body.classList.toggle("choosing", this.selection.isActive);
    this.painter.mark();
    this.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: this.selection.count }));
  }

  /** Show again what is known of a photo. @param {number} place */
  retell(place) {
    const cell = this.cellOf(place);
    const photo = this.data.get(place);
    if (!cell || !photo) return;
    cell.sketch(photo);
    this.painter.tell(cell, photo);
  }

  /** @param {number} place */
  cellOf(place) {
    const row = this.painter.rows.shown.get(this.layout.lineOf(place));
    return row?.cells.find((cell) => cell.place === place);
  }

  /** Bring a photo into the window, if it is not there. @param {number} place */
  reveal(place) {
    const { layout, lane } = this;
    const line = layout.lineOf(place);
    const [top, height] = [layout.top[line], layout.heights[line]];
    lane.read();
    if (top < lane.y + BAR || top + height > lane.y + lane.screen - BAR) {
      lane.go(top - (lane.screen - height) / 2);
      this.painter.shift();
    }
    this.painter.paint(performance.now());
  }

  /** Put the top of the window at a place of the wall. @param {number} y */
  go(y) {
    this.lane.go(y);
    this.painter.shift();
    this.painter.schedule();
  }

  /** @param {number} place */
  focusPlace(place) {
    if (place < 0 || place >= this.data.count) return;
    this.reveal(place);
    this.#focus(place);
  }

  /** @param {number} place */
  #focus(place) {
    this.painter.finish();
    const cell = this.cellOf(place);
    this.grid.querySelector('a[tabindex="0"]')?.setAttribute("tabindex", "-1");
    if (!cell) return;
    cell.link.tabIndex = 0;
    cell.link.focus({ preventScroll: true });
    this.current = place;
  }

  /** Show a photo as large as the window. @param {number} place */
  async open(place) {
    const { openLightbox } = await import("app/lightbox");
    openLightbox(this, place);
  }
}

customElements.define("photo-timeline", PhotoTimeline);
