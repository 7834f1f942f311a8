// @ts-check
// <photo-map>: photos where they were taken.  What is in view stands beside it, and in the address.

import { fragment, json } from "app/http";
import { t, tn } from "app/i18n";
import { icon } from "app/icons";
import { landLayer } from "app/map-land";
import { toast } from "app/toast";
import "vendor/leaflet";

const L = /** @type {any} */ (globalThis).leaflet;
const DEEPEST = 15;
const ROOM = { padding: [32, 32] }; // half of what stands at a point
const CLOSER = 2; // zoom levels a click on a point of several photos goes

/** @typedef {{id: string, at: [number, number], count: number, place: string, src: string}} Point */

const strip = document.getElementById("strip");
const heading = document.getElementById("in-view");

/** `west,south,east,north` as Leaflet has it. @param {string} told */
function read(told) {
  const [west, south, east, north] = told.split(",").map(Number);
  return L.latLngBounds([south, west], [north, west > east ? east + 360 : east]).pad(-0.001);
}

/** What the map shows, as addresses have it. @param {any} map */
function view(map) {
  const bounds = map.getBounds();
  const [south, north] = [Math.max(-90, bounds.getSouth()), Math.min(90, bounds.getNorth())];
  const isAll = bounds.getEast() - bounds.getWest() >= 360;
  const [west, east] = isAll ? [-180, 180] : [bounds.getWest(), bounds.getEast()].map(wrapped);
  return [west, south, east, north].map((side) => Number(side.toFixed(5))).join(",");
}

/** @param {number} east */
const wrapped = (east) => (east >= -180 && east <= 180 ? east : ((((east + 180) % 360) + 360) % 360) - 180);

/** What stands on the map for a point. @param {Point} point */
function pin({ count, src }) {
  const body = document.createElement("div");
  body.className = "pin-body";
  if (src) body.append(Object.assign(document.createElement("img"), { src, alt: "", decoding: "async" }));
  else body.append(icon("images"));
  if (count > 1) {
    const said = count < 1000 ? String(count) : `${Math.floor(count / 1000)}k`;
    body.append(Object.assign(document.createElement("b"), { textContent: said }));
  }
  return L.divIcon({ className: "pin", html: body, iconSize: [52, 52] });
}

/** @param {Point} point */
function named({ count, place }) {
  const many = tn("{n} photo", "{n} photos", count);
  return place ? `${many}, ${place}` : many;
}

class PhotoMap extends HTMLElement {
  /** @type {Map<string, any>} */
  markers = new Map();
  asked = new AbortController();

  connectedCallback() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const calm = { zoomAnimation: !isCalm, fadeAnimation: false, markerZoomAnimation: !isCalm, inertia: !isCalm };
    const least = Math.max(1, Math.ceil(Math.log2(this.clientHeight / 256))); // the world is as high as the map
    const bounds = { minZoom: least, maxZoom: DEEPEST, maxBounds: [[-89, -1e5], [89, 1e5]], maxBoundsViscosity: 1 };
    this.map = L.map(this, { ...calm, ...bounds, zoomControl: false, attributionControl: false, worldCopyJump: true });
    L.control.zoom({ zoomInTitle: t("Zoom in"), zoomOutTitle: t("Zoom out") }).addTo(this.map);
    const isInMiles = ["en-US", "en-GB"].includes(navigator.language);
    L.control.scale({ imperial: isInMiles, metric: !isInMiles }).addTo(this.map);
    const asked = new URLSearchParams(location.search);
    this.map.fitBounds(read(this.dataset.bbox ?? ""), { animate: false, ...(asked.has("bbox") ? {} : ROOM) });
    this.#draw();
    this.#refresh(asked.has("cursor"));
    this.map.on("moveend", () => {
      history.replaceState(history.state, "", `/map?bbox=${view(this.map)}`);
      this.#refresh();
    });
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(this);
  }

  async #draw() {
    try {
      const land = landLayer(L, await json(this.dataset.land ?? ""));
      land.addTo(this.map);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => land.redraw());
    } catch {
      // without outlines the points still stand where they belong
    }
  }

  /** Show the points and photos of what is in view. */
  async #refresh(isStripRight = false) {
    this.asked.abort();
    this.asked = new AbortController();
    const { signal } = this.asked;
    const bbox = encodeURIComponent(view(this.map));
    try {
      const points = await json(`/map/points?bbox=${bbox}&zoom=${this.map.getZoom()}`, { signal });
      if (signal.aborted) return;
      this.#place(points);
      const count = points.reduce((/** @type {number} */ sum, /** @type {Point} */ each) => sum + each.count, 0);
      if (heading) heading.textContent = tn("{n} photo here", "{n} photos here", count);
      const fresh = isStripRight ? null : await fragment(`/map/strip?bbox=${bbox}`);
      if (fresh && !signal.aborted) strip?.replaceChildren(fresh);
      this.setAttribute("ready", "");
    } catch (error) {
      if (!signal.aborted) toast(error instanceof Error ? error.message : "");
    }
  }

  /** @param {Point[]} points */
  #place(points) {
    const middle = this.map.getCenter().lng;
    const wanted = new Map(points.map((point) => [`${point.id} ${point.count} ${point.at}`, point]));
    for (const [key, marker] of this.markers) {
      if (wanted.has(key)) continue;
      if (marker.getElement()?.contains(document.activeElement)) this.focus({ preventScroll: true });
      marker.remove();
      this.markers.delete(key);
    }
    for (const [key, point] of wanted) {
      const [north, east] = point.at;
      const at = [north, east + 360 * Math.round((middle - east) / 360)];
      const marker = this.markers.get(key) ?? this.#add(key, point, at);
      marker.setLatLng(at);
    }
  }

  /** @param {string} key @param {Point} point @param {number[]} at */
  #add(key, point, at) {
    const marker = L.marker(at, { icon: pin(point), title: named(point), riseOnHover: true }).addTo(this.map);
    const enter = () => this.#enter(point, marker.getLatLng());
    const element = marker.getElement();
    element.setAttribute("aria-label", named(point));
    element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      enter();
    });
    marker.on("click", enter);
    this.markers.set(key, marker);
    return marker;
  }

  /** Open a photo, or go nearer to several. @param {Point} point @param {any} at */
  #enter({ id, count }, at) {
    const zoom = this.map.getZoom();
    if (count === 1) leave(`/library/p/${id}`);
    else if (zoom < DEEPEST) this.map.setView(at, Math.min(DEEPEST, zoom + CLOSER));
    else /** @type {HTMLElement | null} */ (strip?.querySelector("a"))?.focus();
  }

  /** @param {string} bbox */
  show(bbox) {
    this.map.fitBounds(read(bbox), ROOM);
    this.scrollIntoView({ block: "nearest" });
  }
}

/** The photo's page comes back here when it is closed. @param {string} path */
function leave(path) {
  sessionStorage.setItem("albumen.grid", "yes");
  location.assign(path);
}

customElements.define("photo-map", PhotoMap);

document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const map = document.querySelector("photo-map");
  if (link.dataset.bbox && map instanceof PhotoMap) {
    event.preventDefault();
    map.show(link.dataset.bbox);
  } else if (strip?.contains(link) && link.rel === "next") {
    event.preventDefault();
    const more = await fragment(`/map/strip${link.search}`).catch(() => null);
    if (!more) return toast(t("The connection was lost. Nothing was changed."));
    link.closest(".more")?.remove();
    strip.append(more);
  } else if (strip?.contains(link)) sessionStorage.setItem("albumen.grid", "yes");
});
