// @ts-check
// The page's language: messages that the server sent along, and how dates and numbers are written.

const html = document.documentElement;
export const language = html.lang === "en" ? "en-GB" : html.lang || "en-GB";
/** @type {Record<string, string | string[]>} */
const messages = JSON.parse(document.getElementById("messages")?.textContent || "{}");

/** A message with what its braces name. @param {string} message @param {Record<string, string | number>} [values] */
export function t(message, values = {}) {
  return filled(String(messages[message] ?? message), values);
}

/** One or the other of two messages, by how many; `{n}` is how many. @param {string} one @param {string} many
 * @param {number} n @param {Record<string, string | number>} [values] */
export function tn(one, many, n, values = {}) {
  const [single, several] = /** @type {string[]} */ (messages[one] ?? [one, many]);
  return filled(n === 1 ? single : several, { n: number(n), ...values });
}

/** @param {string} text @param {Record<string, string | number>} values */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

const plain = new Intl.NumberFormat(language);
/** @param {number} value */
export const number = (value) => plain.format(value);

/** A writer of dates, which are all in UTC. @param {Intl.DateTimeFormatOptions} options */
export function dates(options) {
  const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  return (/** @type {number} */ day) => format.format(new Date(day * 864e5));
}

/** `0:07`, `12:30`. @param {number} seconds */
export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** `09:05`. @param {number} minute of the day */
export const clock = (minute) =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
