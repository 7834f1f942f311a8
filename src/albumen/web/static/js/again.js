// @ts-check
// A page that waits for something (`<meta name="again" content="5">`) is loaded anew every so many seconds, while it is
// seen and nobody has the focus in it or has opened something.

const told = document.querySelector("meta[name=again]")?.getAttribute("content");

function load() {
  const isBusy = document.activeElement !== document.body || document.querySelector("[open]");
  if (!document.hidden && !isBusy) location.reload();
}

if (told) setInterval(load, Number(told) * 1000);
