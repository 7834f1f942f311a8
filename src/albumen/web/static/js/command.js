// @ts-check
// The palette of commands: go to a page, do what the page offers, or search, by a few letters.

import { t } from "app/i18n";
import { listed } from "app/keys";

/** @typedef {{text: string, hint: string, run: () => unknown}} Entry */

/** Letters without accents and case. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @param {Element} element */
const named = (element) => (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ");

/** Where the navigation leads, each once. @returns {Entry[]} */
function pages() {
  /** @type {Map<string, Entry>} */
  const found = new Map();
  for (const link of document.querySelectorAll(".bar .tabs a[href], .bar .menu-list a[href]")) {
    const path = link.getAttribute("href") ?? "";
    if (!found.has(path)) found.set(path, { text: named(link), hint: t("Page"), run: () => location.assign(path) });
  }
  return [...found.values()];
}

/** What the page offers: its buttons and links in their bars, and its keys. @returns {Entry[]} */
function actions() {
  const wanted = "main .deeds :is(a, button), main .head summary, .viewbar :is(a, button, summary), .select-bar:not([hidden]) button";
  const buttons = [...document.querySelectorAll(wanted)].map((element) => ({
    text: named(element),
    hint: t("On this page"),
    run: () => /** @type {HTMLElement} */ (element).click(),
  }));
  const keys = listed().filter(([key]) => key !== "Ctrl+K");
  return [...buttons, ...keys.map(([key, { said, run }]) => ({ text: said, hint: key === " " ? t("Space") : key, run }))];
}

/** @param {string} typed @param {Entry[]} entries @returns {Entry[]} */
function fitting(typed, entries) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const said = new Set();
  const found = entries.filter(({ text }) => {
    const isNew = text && !said.has(text) && words.every((word) => plain(text).includes(word));
    if (isNew) said.add(text);
    return isNew;
  });
  const rank = (/** @type {Entry} */ { text }) => {
    const at = words.length ? ` ${plain(text)}`.indexOf(` ${words[0]}`) : 0;
    return at < 0 ? 2 : Math.min(at, 1);
  };
  found.sort((one, other) => rank(one) - rank(other));
  const query = typed.trim();
  const search = () => location.assign(`/search?${new URLSearchParams({ q: query })}`);
  return query ? [...found, { text: t("Search photos for “{text}”", { text: query }), hint: t("Search"), run: search }] : found;
}

/** @param {Entry} entry @param {number} at */
function option({ text, hint }, at) {
  const item = document.createElement("li");
  item.id = `command-${at}`;
  item.setAttribute("role", "option");
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  item.append(Object.assign(document.createElement("small"), { textContent: hint }));
  return item;
}

/** Open the palette. */
export function open() {
  if (document.getElementById("palette")) return;
  const entries = [...pages(), ...actions()];
  const dialog = Object.assign(document.createElement("dialog"), { id: "palette", className: "palette" });
  dialog.setAttribute("aria-label", t("Commands"));
  const field = Object.assign(document.createElement("input"), { type: "text", placeholder: t("Go to, do, or search"), autocomplete: "off" });
  const list = Object.assign(document.createElement("ul"), { id: "commands" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", t("Commands"));
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": t("Commands"), "aria-expanded": "true", "aria-controls": "commands", "aria-autocomplete": "list" })) {
    field.setAttribute(name, value);
  }
  /** @type {Entry[]} */
  let shown = [];
  let chosen = 0;
  const point = (/** @type {number} */ at) => {
    chosen = shown.length ? (at + shown.length) % shown.length : 0;
    [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
    field.setAttribute("aria-activedescendant", shown.length ? `command-${chosen}` : "");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const fill = () => {
    shown = fitting(field.value, entries);
    list.replaceChildren(...shown.map(option));
    point(0);
  };
  const run = () => {
    const entry = shown[chosen];
    dialog.close();
    entry?.run();
  };
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) point(chosen + step);
    else if (event.key === "Enter") run();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const at = [...list.children].findIndex((item) => event.target instanceof Node && item.contains(event.target));
    if (at < 0) return;
    chosen = at;
    run();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(field, list);
  document.body.append(dialog);
  fill();
  dialog.showModal();
  field.focus();
}
