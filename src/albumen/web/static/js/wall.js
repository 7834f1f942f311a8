// @ts-check
// A page with a wall of photos.  It comes last of its modules: once it has run and the wall is drawn, all is there.

import "app/date-jump";
import "app/scrubber";
import "app/select-bar";
import { listenToKeys } from "app/timeline-keys";
import { listenToPointers } from "app/timeline-pointers";

const wall = /** @type {import("app/timeline").PhotoTimeline | null} */ (document.querySelector("photo-timeline"));

function begin() {
  if (!wall) return;
  listenToPointers(wall);
  listenToKeys(wall);
  wall.setAttribute("ready", "");
}

if (wall?.hasAttribute("drawn")) begin();
else wall?.addEventListener("drawn", begin, { once: true });

// The first visit leaves nothing to keep.
if (navigator.serviceWorker?.controller) import("app/recent");
