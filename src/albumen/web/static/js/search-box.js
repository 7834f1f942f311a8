// @ts-check
// The search field: a combobox whose list says how the search may go on.

import { json } from "app/http";
import { number } from "app/i18n";

const PAUSE = 120;
let ids = 0;

/** @param {HTMLFormElement} form */
function enliven(form) {
  const found = form.querySelector("input[type=search]");
  const url = form.dataset.suggest;
  if (!(found instanceof HTMLInputElement) || !url) return;
  const field = found;
  const list = Object.assign(document.createElement("ul"), { id: `suggestions-${ids++}`, hidden: true });
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label ?? "");
  form.append(list);
  const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
  /** @type {{q: string}[]} */
  let offered = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (/** @type {number} */ to) => {
    at = (to + offered.length) % offered.length;
    [...list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
    const marked = list.children[at];
    field.setAttribute("aria-activedescendant", marked.id);
    marked.scrollIntoView({ block: "nearest" });
  };
  const take = (/** @type {number} */ place) => {
    field.value = offered[place].q;
    close();
    field.focus();
    if (!field.value.endsWith(":")) form.requestSubmit();
    else ask();
  };
  const ask = async () => {
    const mine = ++asked;
    const q = encodeURIComponent(field.value);
    const told = await json(`${url}?q=${q}&limit=8`).catch(() => []);
    if (mine !== asked || document.activeElement !== field) return;
    offered = told;
    list.replaceChildren(...told.map(option));
    [...list.children].forEach((each, place) => (each.id = `${list.id}-${place}`));
    at = -1;
    list.hidden = !told.length;
    field.setAttribute("aria-expanded", String(Boolean(told.length)));
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || !offered.length) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? offered.length - 1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => {
    const chosen = event.target instanceof Element ? event.target.closest("li") : null;
    if (!chosen) return;
    event.preventDefault();
    take([...list.children].indexOf(chosen));
  });
  if (field.value !== field.defaultValue) ask();
}

/** @param {{field: string | null, value: string, count?: number | null}} told */
function option({ field, value, count }) {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.append(field ? value : `${value}:`);
  const note = field ? `${field}${count ? ` · ${number(count)}` : ""}` : "";
  if (note) item.append(Object.assign(document.createElement("small"), { textContent: note }));
  return item;
}

for (const form of document.querySelectorAll("form[data-suggest]")) enliven(/** @type {HTMLFormElement} */ (form));
