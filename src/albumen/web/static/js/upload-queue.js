// @ts-check
// <upload-queue>: what is being sent, and what became of it.  Its size does not grow with the number of files.

import { UploadEngine } from "app/upload-engine";
import { number, t, tn } from "app/i18n";
import { remaining, size } from "app/words";

const SHOWN = 50;

/** An element with text and attributes.
 * @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} content */
function make(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

class UploadQueue extends HTMLElement {
  connectedCallback() {
    this.engine = new UploadEngine(this.dataset.csrf ?? "");
    this.heading = make("h2", { role: "status" });
    this.bar = /** @type {HTMLProgressElement} */ (make("progress", { "aria-label": t("Sent") }));
    this.total = make("p", { class: "hint queue-total" });
    this.now = make("ul");
    this.groups = make("div", { class: "outcomes" });
    this.head = make("div", { class: "queue-head" }, this.heading);
    this.append(this.head, this.bar, this.total, this.now, this.groups);
    this.engine.addEventListener("change", () => this.#change());
    this.engine.addEventListener("progress", () => this.#soon());
    addEventListener("beforeunload", (event) => {
      if (this.engine?.busy) event.preventDefault();
    });
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.hidden = false;
    this.engine?.add(files);
  }

  #soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.#progress();
    });
  }

  #progress() {
    const { engine, bar, total, now } = this;
    if (!engine || !bar || !total || !now) return;
    const { sent, total: all } = engine.progress;
    bar.max = all || 1;
    bar.value = sent;
    const left = engine.secondsLeft;
    const time = engine.busy && Number.isFinite(left) && left > 1 ? ` · ${remaining(left)}` : "";
    total.textContent = t("{sent} of {all}", { sent: size(sent), all: size(all) }) + time;
    const sending = engine.of("sending");
    now.replaceChildren(...sending.map(({ file, sent: part }) => current(file, part)));
  }

  #change() {
    const { engine } = this;
    if (!engine || !this.heading || !this.bar || !this.groups || !this.head) return;
    const left = engine.of("waiting", "sending").length;
    this.heading.textContent = left ? tn("Uploading {n} file", "Uploading {n} files", left) : summary(engine);
    this.bar.hidden = !left;
    if (this.total) this.total.hidden = !left;
    if (!left) dispatchEvent(new Event("albumen:changed"));
    this.head.replaceChildren(this.heading, ...(left ? [] : this.#closing()));
    this.#progress();
    this.groups.replaceChildren(
      ...group(t("Added"), engine.of("added")),
      ...group(t("Already here"), engine.of("here")),
      ...group(t("Not added"), engine.of("failed"), () => engine.retry()),
    );
  }

  /** What to do when everything was sent. */
  #closing() {
    const here = location.pathname === "/library";
    const link = make("a", { class: "button primary", href: "/library" }, here ? t("Show them") : t("Open the timeline"));
    const close = make("button", { class: "button", type: "button" }, t("Close"));
    close.addEventListener("click", () => {
      this.engine?.clear();
      this.hidden = true;
    });
    return [...(this.engine?.of("added", "here").length ? [link] : []), ...("inline" in this.dataset ? [] : [close])];
  }
}

/** @param {UploadEngine} engine */
function summary(engine) {
  const added = engine.of("added").length;
  const failed = engine.of("failed").length;
  const told = added ? tn("{n} file added", "{n} files added", added) : t("Nothing new");
  const beside = tn("{n} file not added", "{n} files not added", failed);
  return failed ? `${told}, ${beside}` : told;
}

/** @param {File} file @param {number} sent */
function current(file, sent) {
  const label = file.size && sent >= file.size ? t("Checking") : `${Math.floor((sent / (file.size || 1)) * 100)} %`;
  const bar = make("progress", { max: String(file.size || 1), value: String(sent), "aria-label": file.name });
  return make("li", { class: "file-now" }, make("span", {}, `${file.name} · ${label}`), bar);
}

/** @param {string} title @param {import("app/upload-engine").Item[]} items @param {() => void} [retry] */
function group(title, items, retry) {
  if (!items.length) return [];
  const list = items.slice(-SHOWN).map(({ file, id, reason }) =>
    id
      ? make("li", {}, make("a", { href: `/library/p/${id}` }, file.name))
      : make("li", {}, file.name, make("span", { class: "wrong" }, reason)),
  );
  if (items.length > SHOWN) list.unshift(make("li", { class: "hint" }, t("and {count} before these", { count: number(items.length - SHOWN) })));
  const heading = make("h3", {}, `${title} `, make("span", { class: "count" }, String(items.length)));
  const parts = [heading, make("ul", {}, ...list)];
  if (retry) {
    const text = tn("Retry {n} file", "Retry {n} files", items.length);
    const button = make("button", { class: "button", type: "button" }, text);
    button.addEventListener("click", retry);
    parts.push(button);
  }
  return parts;
}

customElements.define("upload-queue", UploadQueue);
