// @ts-check
// One group of outcomes.  Of a long one only those rows are there that can be seen, however many files it has.

import { make } from "app/elements";
import { number, tn } from "app/i18n";

const FEW = 30;
const ROW = 44;
const BESIDE = 4;

/** @typedef {import("app/upload-engine").Item} Item */

export class Rows {
  /** @type {Item[]} */
  #items = [];
  #isAsked = false;

  /** @param {string} title @param {() => void} [retry] */
  constructor(title, retry) {
    this.count = make("span", { class: "count" });
    this.list = make("ul");
    this.view = make("div", { class: "rows-view" }, this.list);
    this.view.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.element = make("section", { class: "outcome" }, make("h3", {}, `${title} `, this.count), this.view);
    this.element.hidden = true;
    this.title = title;
    if (!retry) return;
    this.again = make("button", { class: "button", type: "button" });
    this.again.addEventListener("click", retry);
    this.element.append(this.again);
  }

  /** @param {Set<Item>} items */
  show(items) {
    if (items.size === this.#items.length && items.size && items.has(this.#items[0])) return;
    this.#items = [...items];
    const isLong = items.size > FEW;
    this.element.hidden = !items.size;
    this.count.textContent = number(items.size);
    if (this.again) offer(this.again, this.#items.filter((each) => !each.isFinal).length);
    this.view.classList.toggle("many", isLong);
    if (isLong) {
      this.view.tabIndex = 0;
      this.view.setAttribute("role", "region");
      this.view.setAttribute("aria-label", this.title);
    } else for (const name of ["tabindex", "role", "aria-label"]) this.view.removeAttribute(name);
    this.#soon();
  }

  #soon() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#draw();
    });
  }

  #draw() {
    const isLong = this.#items.length > FEW;
    const first = isLong ? Math.max(0, Math.floor(this.view.scrollTop / ROW) - BESIDE) : 0;
    const last = isLong ? Math.min(this.#items.length, first + Math.ceil(this.view.clientHeight / ROW) + 2 * BESIDE) : this.#items.length;
    this.list.style.paddingTop = `${first * ROW}px`;
    this.list.style.paddingBottom = `${(this.#items.length - last) * ROW}px`;
    this.list.replaceChildren(...this.#items.slice(first, last).map(row));
  }
}

/** @param {HTMLElement} button @param {number} count how many may be sent again; none, and there is no button */
function offer(button, count) {
  button.hidden = !count;
  button.textContent = tn("Retry {n} file", "Retry {n} files", count);
}

/** @param {Item} item */
function row({ file, id, reason }) {
  if (id) return make("li", {}, make("a", { href: `/library/p/${id}` }, file.name));
  return make("li", { title: reason }, make("b", {}, file.name), " ", make("span", { class: "wrong" }, reason));
}
