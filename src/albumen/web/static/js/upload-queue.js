// @ts-check
// <upload-queue>: what is being sent, and what became of it.  Its size does not grow with the number of files.

import { keepAwake } from "app/awake";
import { make } from "app/elements";
import { t, tn } from "app/i18n";
import { Pace } from "app/pace";
import { UploadEngine } from "app/upload-engine";
import { arranged } from "app/upload-groups";
import { Rows } from "app/upload-rows";
import { remaining, size } from "app/words";

const FILM = /\.(mov|mp4)$/i;

class UploadQueue extends HTMLElement {
  engine = new UploadEngine(targetOf(this));
  pace = new Pace();
  heading = make("h2", { role: "status" });
  note = make("p", { class: "queue-note", role: "alert" });
  bar = /** @type {HTMLProgressElement} */ (make("progress", { "aria-label": t("Sent") }));
  total = make("p", { class: "hint queue-total" });
  stay = make("p", { class: "hint stay-here" }, t("Keep this page open until everything has been sent."));
  now = make("ul");
  head = make("div", { class: "queue-head" }, this.heading);
  groups = {
    refused: new Rows(t("Not added"), () => this.engine.retry("refused")),
    failed: new Rows(t("Broken off"), () => this.engine.retry("failed")),
    here: new Rows(this.dataset.event ? t("In your library before") : t("Already here")),
    added: new Rows(t("Added")),
  };

  connectedCallback() {
    const groups = make("div", { class: "outcomes" }, ...Object.values(this.groups).map((each) => each.element));
    this.append(this.head, this.note, this.bar, this.total, this.stay, this.now, groups);
    this.note.hidden = true;
    this.engine.addEventListener("change", () => this.#soon());
    this.engine.addEventListener("progress", () => this.#soon());
    addEventListener("beforeunload", (event) => {
      if (this.engine.left) event.preventDefault();
    });
  }

  /** @param {import("app/upload-groups").Found[]} found */
  add(found) {
    this.hidden = false;
    this.engine.target = targetOf(this);
    this.engine.add(arranged(found));
  }

  #soon() {
    this.frame ??= setTimeout(() => {
      this.frame = undefined;
      this.#draw();
    }, 50);
  }

  #draw() {
    const { engine } = this;
    const { left, held } = engine;
    keepAwake(left > 0 && !held);
    tell(this.heading, left ? tn("Uploading {n} file", "Uploading {n} files", left) : summary(engine.lists, engine.target.event));
    const waits = left ? held : "";
    tell(this.note, waits);
    this.note.hidden = !waits;
    for (const each of [this.bar, this.total, this.stay, this.now]) each.hidden = !left;
    if (left) this.#progress();
    else this.now.replaceChildren();
    for (const [state, rows] of Object.entries(this.groups)) rows.show(engine.lists[/** @type {"added"} */ (state)]);
    if (!left && !this.isDone) this.#close();
    else if (left && this.isDone) this.head.replaceChildren(this.heading);
    this.isDone = !left;
  }

  #progress() {
    const { bar, engine, pace } = this;
    const sent = engine.sentBytes;
    bar.max = engine.totalBytes || 1;
    bar.value = sent;
    pace.note(sent);
    const parts = [t("{sent} of {all}", { sent: size(sent), all: size(engine.totalBytes) })];
    if (!engine.held && pace.perSecond) {
      parts.push(t("{size} a second", { size: size(pace.perSecond) }));
      const seconds = (engine.totalBytes - sent) / pace.perSecond;
      if (seconds > 1) parts.push(remaining(seconds));
    }
    tell(this.total, parts.join(" · "));
    this.now.replaceChildren(...[...engine.lists.sending].map(({ file, sent: part }) => current(file, part)));
  }

  /** What to do when everything was sent. */
  #close() {
    dispatchEvent(new Event("albumen:changed"));
    const { lists } = this.engine;
    const goal = this.dataset.goal ?? "/library";
    const text = this.dataset.goal ? t("See the photos") : location.pathname === goal ? t("Show them") : t("Open the timeline");
    const close = make("button", { class: "button", type: "button" }, t("Close"));
    close.addEventListener("click", () => {
      this.engine.clear();
      this.hidden = true;
    });
    const { next, nextText } = this.dataset;
    const link = make("a", { class: next ? "button" : "button primary", href: goal }, text);
    const links = next ? [link, make("a", { class: "button primary", href: next }, nextText ?? "")] : [link];
    const deeds = [...(lists.added.size + lists.here.size ? links : []), ...("inline" in this.dataset ? [] : [close])];
    this.head.replaceChildren(this.heading, ...deeds);
  }
}

/** Where the files of a queue go: into an event, or into the user's own library. @param {HTMLElement} queue */
function targetOf({ dataset }) {
  const chosen = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[name=set]"));
  return { event: dataset.event ?? "", set: chosen?.value ?? "", library: dataset.library ?? "" };
}

/** Say it, where it is not said already: what is said again is read out again. @param {HTMLElement} where @param {string} text */
function tell(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/** @param {UploadEngine["lists"]} lists @param {string} event empty where they go into the library only */
function summary({ added, here, refused, failed }, event) {
  const lost = refused.size + failed.size;
  const inside = event ? photosOf([...added, ...here]) : 0;
  const told = inside
    ? tn("{n} photo is in the event", "{n} photos are in the event", inside)
    : added.size
      ? tn("{n} file added", "{n} files added", added.size)
      : t("Nothing new");
  const beside = tn("{n} file not added", "{n} files not added", lost);
  return lost ? `${told}, ${beside}` : told;
}

/** How many photos some files are: the same content twice is one, and so are the halves of a live photo.
 * @param {import("app/upload-engine").Item[]} items */
function photosOf(items) {
  const stills = new Set(items.filter(({ path }) => !FILM.test(path)).map(({ path }) => stem(path)));
  const whole = items.filter(({ path }) => !FILM.test(path) || !stills.has(stem(path)));
  return new Set(whole.map(({ id, path }) => id || path)).size;
}

/** A path without its ending. @param {string} path */
const stem = (path) => path.replace(/\.[^./]+$/, "").toLowerCase();

/** @param {File} file @param {number} sent */
function current(file, sent) {
  const label = file.size && sent >= file.size ? t("Checking") : `${Math.floor((sent / (file.size || 1)) * 100)} %`;
  const bar = make("progress", { max: String(file.size || 1), value: String(sent), "aria-label": file.name });
  return make("li", { class: "file-now" }, make("span", {}, `${file.name} · ${label}`), bar);
}

customElements.define("upload-queue", UploadQueue);
