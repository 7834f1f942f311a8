// @ts-check
// A page with a wall of photos.

import "app/date-jump";
import "app/recent";
import "app/scrubber";
import "app/select-bar";
import "app/timeline";
