// @ts-check
// What lies beside a photo, as tags that are sent with it: XMP of photo programs, and the JSON of Google Takeout.

const MOST_BYTES = 4 << 20;
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const TAGS = new Set([
  ...["Rating", "Title", "Description", "Headline", "Subject", "TagsList", "DateTimeOriginal", "Make", "Model", "Lens"],
  ...["GPSLatitude", "GPSLongitude", "GPSAltitude"],
]);

/** @param {File[]} files @returns {Promise<Record<string, string | string[]>>} */
export async function tagsOf(files) {
  /** @type {Record<string, string | string[]>} */
  const told = {};
  const sorted = [...files].sort((a) => (a.name.toLowerCase().endsWith(".xmp") ? 1 : -1)); // what XMP says wins
  for (const file of sorted) {
    if (file.size > MOST_BYTES) continue;
    const text = await file.text().catch(() => "");
    Object.assign(told, file.name.toLowerCase().endsWith(".json") ? ofTakeout(text) : ofXmp(text));
  }
  return told;
}

/** @param {string} text */
function ofXmp(text) {
  /** @type {Record<string, string | string[]>} */
  const told = {};
  const read = new DOMParser().parseFromString(text, "application/xml");
  for (const about of read.getElementsByTagNameNS(RDF, "Description")) {
    for (const each of about.attributes) if (TAGS.has(tagOf(each))) told[tagOf(each)] = each.value;
    for (const each of about.children) if (TAGS.has(tagOf(each))) told[tagOf(each)] = valueOf(each);
  }
  return told;
}

/** `dc:title` is the tag Title. @param {Attr | Element} each */
const tagOf = ({ localName, namespaceURI }) =>
  namespaceURI === RDF ? "" : localName.charAt(0).toUpperCase() + localName.slice(1);

/** @param {Element} element */
function valueOf(element) {
  const listed = [...element.getElementsByTagNameNS(RDF, "li")].map((each) => each.textContent?.trim() ?? "");
  if (element.getElementsByTagNameNS(RDF, "Bag").length) return listed;
  return listed[0] ?? element.textContent?.trim() ?? "";
}

/** @param {string} text */
function ofTakeout(text) {
  /** @type {Record<string, string>} */
  const told = {};
  try {
    const { description, geoData } = JSON.parse(text);
    if (description) told.Description = String(description);
    if (geoData?.latitude || geoData?.longitude) {
      told.GPSLatitude = String(geoData.latitude);
      told.GPSLongitude = String(geoData.longitude);
      if (geoData.altitude) told.GPSAltitude = String(geoData.altitude);
    }
  } catch {
    return {};
  }
  return told;
}
