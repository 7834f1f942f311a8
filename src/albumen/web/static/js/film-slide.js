// @ts-check
// Films among photos that are seen large: one that is swiped away stops.

/** @typedef {{film: string, stream?: string, msrc?: string, alt?: string}} Film what a slide of type "film" tells */

/** @param {any} box a PhotoSwipe @param {(film: HTMLVideoElement, told: any) => void} [made] */
export function showsFilms(box, made = () => {}) {
  box.on("contentLoad", (/** @type {any} */ event) => {
    const { content } = event;
    if (content.type !== "film") return;
    event.preventDefault();
    content.element = element(content.data);
    made(content.element, content.data);
    content.onLoaded();
  });
  box.on("contentDeactivate", (/** @type {any} */ { content }) => content.element?.pause?.());
}

/** @param {Film} told */
function element({ film, stream, msrc, alt = "" }) {
  const video = document.createElement("video");
  Object.assign(video, { controls: true, playsInline: true, preload: "metadata", className: "pswp__film" });
  video.setAttribute("aria-label", alt);
  if (msrc) video.poster = msrc;
  if (!stream) return Object.assign(video, { src: film });
  const [streamed, whole] = [document.createElement("source"), document.createElement("source")];
  Object.assign(streamed, { src: stream, type: "application/vnd.apple.mpegurl" });
  video.append(streamed, Object.assign(whole, { src: film }));
  return video;
}
