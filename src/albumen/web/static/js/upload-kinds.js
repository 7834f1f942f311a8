// @ts-check
// What a file is, as far as its browser can tell: only what is surely no photo or video is refused unseen.

import { t } from "app/i18n";

const OTHER = /^(text|audio|font|message|model)\/|^application\/(pdf|json|zip|gzip|rtf|epub|xml|rdf|ms|vnd\.(ms|o)|x-(zip|tar|7z|rar|gzip|bzip|ms|sh|apple|iso))/;
/** Films whose names browsers take for something else: a translation, a melody, a model. */
const FILM = /\.(ts|mts|m2ts|m2t|mod|tod|vob|asf|wmv)$/i;

/** Why a file is not sent at all; empty where only a look into it can tell. @param {File} file */
export function unfit(file) {
  if (!file.size) return t("The file is empty.");
  const isOther = OTHER.test(file.type) && !FILM.test(file.name);
  return isOther ? t("This is not a photo or video that can be read here.") : "";
}
