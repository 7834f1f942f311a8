// @ts-check
// <photo-scrubber>: the whole span of a wall beside it.  A slider whose steps are months.

import { dates } from "app/i18n";
import { last } from "app/layout";

const said = dates({ month: "short", year: "numeric" });
const LEAST = 26; // pixels between years

class PhotoScrubber extends HTMLElement {
  /** @type {{y: number, day: number}[]} */
  months = [];
  month = -1;

  connectedCallback() {
    this.wall = /** @type {import("app/timeline").PhotoTimeline} */ (document.querySelector("photo-timeline"));
    this.rail = /** @type {HTMLElement} */ (this.querySelector("[role=slider]"));
    this.thumb = /** @type {HTMLElement} */ (this.querySelector(".thumb"));
    this.bubble = /** @type {HTMLElement} */ (this.querySelector(".bubble"));
    this.wall.addEventListener("laid", () => this.#lay());
    this.wall.addEventListener("moved", () => this.#follow());
    addEventListener("resize", () => this.#lay());
    this.rail.addEventListener("pointerdown", (event) => this.#grab(event));
    this.rail.addEventListener("keydown", (event) => this.#key(event));
    this.#lay();
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const { rail } = this;
    event.preventDefault();
    rail.focus({ preventScroll: true });
    rail.setPointerCapture(event.pointerId);
    const box = rail.getBoundingClientRect();
    const drag = (/** @type {PointerEvent} */ at) => {
      const share = Math.min(1, Math.max(0, (at.clientY - box.top) / box.height));
      this.wall.go(share * this.wall.lane.most - this.wall.lane.top);
    };
    const end = () => {
      rail.removeEventListener("pointermove", drag);
      this.bubble.hidden = true;
      document.body.classList.remove("scrubbing");
    };
    this.bubble.hidden = false;
    document.body.classList.add("scrubbing");
    drag(event);
    rail.addEventListener("pointermove", drag);
    for (const name of ["pointerup", "pointercancel"]) rail.addEventListener(name, end, { once: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 12, PageUp: -12 };
    const most = this.months.length - 1;
    const step = steps[/** @type {keyof steps} */ (event.key)];
    const ends = { Home: 0, End: most };
    const to = ends[/** @type {keyof ends} */ (event.key)] ?? this.month + step;
    if (Number.isNaN(to) || to === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(most, to));
    if (event.key === "End") this.wall.go(this.wall.lane.full);
    else this.wall.go(at ? this.months[at].y : -this.wall.lane.top);
    this.#say(at);
  }

  #lay() {
    const { layout, data, lane } = this.wall;
    if (!layout) return; // a window may change its size before the wall knows its photos
    const { options } = layout;
    this.months = [];
    for (let line = 0; line < layout.lines; line++) {
      if (!layout.isMonth[line]) continue;
      const y = layout.top[line] - options.dayHead - options.monthHead - 64;
      this.months.push({ y, day: data.days[layout.day[line]] });
    }
    this.hidden = this.months.length < 2 || layout.height < lane.screen * 2;
    document.documentElement.classList.toggle("has-scrubber", !this.hidden);
    this.rail.setAttribute("aria-valuemax", String(Math.max(0, this.months.length - 1)));
    this.height = this.rail.clientHeight;
    this.starts = Float64Array.from(this.months, (each) => each.y);
    this.month = -1;
    this.#years();
    this.#follow();
  }

  #years() {
    for (const old of this.querySelectorAll(".year")) old.remove();
    let [year, at] = [0, -LEAST];
    for (const month of this.months) {
      const its = new Date(month.day * 864e5).getUTCFullYear();
      const y = (month.y / this.wall.layout.height) * (this.height ?? 0);
      if (its === year || y - at < LEAST) continue;
      [year, at] = [its, y];
      const label = document.createElement("span");
      label.className = "year";
      label.setAttribute("aria-hidden", "true");
      label.textContent = String(its);
      label.style.top = `${Math.max(0, y)}px`;
      this.rail.append(label);
    }
  }

  #follow() {
    const { lane } = this.wall;
    if (!this.starts?.length) return;
    const share = Math.min(1, Math.max(0, (lane.y + lane.top) / lane.most));
    this.thumb.style.transform = `translateY(${share * (this.height ?? 0)}px)`;
    const at = last(this.starts, this.starts.length, lane.y + 70);
    if (at !== this.month) this.#say(at);
  }

  /** @param {number} at */
  #say(at) {
    this.month = at;
    const text = said(this.months[at].day);
    this.bubble.textContent = text;
    this.rail.setAttribute("aria-valuenow", String(at));
    this.rail.setAttribute("aria-valuetext", text);
  }
}

customElements.define("photo-scrubber", PhotoScrubber);
