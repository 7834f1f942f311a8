// @ts-check
// What a guest's pages have.

import "app/countdown";
import "app/gallery";
import "app/hearts";
