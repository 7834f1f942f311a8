// @ts-check
// What every page of somebody who is signed in has.

import "app/dialog";
import "app/forms";
import "app/installed";
import "app/keys";
import "app/menu";
import "app/theme";

/** What the search field suggests is fetched when somebody goes there. @param {unknown} at */
const suggest = (at) => at instanceof Element && at.closest("form[data-suggest]") && import("app/search-box");
addEventListener("focusin", ({ target }) => suggest(target));
suggest(document.activeElement);
