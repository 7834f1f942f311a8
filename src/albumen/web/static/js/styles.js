// @ts-check
// Style sheets that a page needs only later.

/** Fetch those of these that the page has not got; done when they are in force.
 * @param {string} addresses with spaces between them @returns {Promise<unknown>} */
export const styled = (addresses) =>
  Promise.all(
    addresses.split(" ").map((href) => {
      if (!href || document.querySelector(`link[href="${href}"]`)) return null;
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
      document.head.append(link);
      return new Promise((done) => (link.onload = link.onerror = done));
    }),
  );
