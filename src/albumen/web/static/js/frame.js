// @ts-check
// What every page of somebody who is signed in has.

import "app/dialog";
import "app/forms";
import "app/installed";
import "app/keys";
import "app/menu";
import "app/search-box";
import "app/theme";
