// Arrow keys in the day's grid: left and right along a space, up and down to the space beside it,
// Home and End to its first and last entry. Without this script Tab does the same, more slowly.

const grid = document.querySelector("[data-day]");

function linksOf(row) {
  return [...row.querySelectorAll("a")];
}

function nearest(links, place) {
  const distance = (link) => Math.abs(link.getBoundingClientRect().left - place);
  return links.reduce((best, link) => (best && distance(best) <= distance(link) ? best : link), null);
}

function beside(row, step) {
  let other = row;
  do {
    other = step < 0 ? other.previousElementSibling : other.nextElementSibling;
  } while (other && !linksOf(other).length);
  return other;
}

function target(link, key) {
  const row = link.closest("tr");
  const links = linksOf(row);
  const place = links.indexOf(link);
  const backwards = getComputedStyle(row).direction === "rtl";
  switch (key) {
    case "ArrowRight": return links[place + (backwards ? -1 : 1)];
    case "ArrowLeft": return links[place + (backwards ? 1 : -1)];
    case "Home": return links[0];
    case "End": return links[links.length - 1];
    case "ArrowUp":
    case "ArrowDown": {
      const other = beside(row, key === "ArrowUp" ? -1 : 1);
      return other && nearest(linksOf(other), link.getBoundingClientRect().left);
    }
    default: return null;
  }
}

grid?.addEventListener("keydown", (event) => {
  const link = event.target.closest("a");
  const next = link && !event.altKey && !event.ctrlKey && !event.metaKey && target(link, event.key);
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
