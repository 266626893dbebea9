/* Shows the code that stands behind the # of the address, so that it can be read out or copied.

   Browsers do not send that part to a server, and neither does this script. Without it the page explains the same. */

const shown = document.querySelector("[data-code]");
const letters = decodeURIComponent(location.hash.slice(1));
if (/^[2-9A-HJ-NP-Z-]{20,30}$/.test(letters)) {
  const page = location.pathname.slice(0, location.pathname.lastIndexOf("/"));
  const scheme = location.protocol === "https:" ? "" : `${location.protocol}//`;
  shown.querySelector("code").textContent = `${scheme}${location.host}${page}/${letters}`;
  shown.hidden = false;
}
