// @ts-check
// What went wrong in a vault, in words.

import { t } from "app/i18n";

const WORDS = /** @type {Record<string, string>} */ ({
  "wrong-passphrase": t("The passphrase is not right."),
  "wrong-words": t("These words are not those of this vault."),
  "words-wrong": t("One of the words is wrong, or two have changed places."),
  "signed-out": t("You were signed out. Sign in again."),
  "not-found": t("This is no longer there."),
  unreachable: t("The connection was lost."),
  "over-quota": t("There is no room left. Nothing was stored."),
  "too-large": t("The file is too large."),
  "not-a-photo": t("This is not a photo or video."),
  "new-keys": t("The vault has new keys. Open it again with the new passphrase."),
  revoked: t("This browser was revoked: the vault has new keys, which it was not given."),
  "no-key": t("This is not what a new device shows. It begins with age1."),
  "not-for-this": t("This was not made for this browser, or not for this vault. Begin anew."),
  "key-moved": t("Another device has changed the keys meanwhile. Try again."),
  stuck: t("Other devices were always faster. Try again."),
  locked: t("The vault is locked."),
  "link-key": t("This address is not whole: the part behind # opens the photos. Ask for it once more."),
  "link-over": t("This link shows nothing any more: its time is over, or it was taken back."),
});

const WARNINGS = /** @type {Record<string, string>} */ ({
  rollback: t("The server has lost or withholds the newest changes of this vault."),
  fork: t("The server shows another history of this vault than before."),
  gap: t("The server left out a part of the vault’s history."),
  tombstone: t("The server says that a photo was deleted, but no device did that."),
  forged: t("The server gave something that no device of this vault has written."),
  swapped: t("The server gave another encrypted file than the one that was asked for."),
  replayed: t("The server gave something old in place of something new."),
  newer: t("This vault holds something that this version does not know. Update the server."),
  "work-factor": t("The key file asks for so much memory that it would stop this browser."),
});

/** @param {any} error */
export function said({ code, detail }) {
  if (code === "untrusted") {
    const warning = WARNINGS[detail] ?? t("The server gave something damaged or changed.");
    return [warning, t("It was refused, and nothing was changed.")].join(" ");
  }
  if (code === "words-count") return t("There must be 24 words; these are {count}.", { count: detail });
  if (code === "words-unknown") return t("“{word}” is not one of the words that are used.", { word: detail });
  return WORDS[code] ?? t("This did not work ({reason}).", { reason: detail || code || "?" });
}
