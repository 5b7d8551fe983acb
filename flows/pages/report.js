"use strict";

/* Tips: what a mark's aria-label says, beside the mark that is pointed at or has the focus. */
const tip = document.getElementById("tip");
const said = document.getElementById("said");

function showTip(mark) {
  tip.textContent = mark.getAttribute("aria-label");
  tip.hidden = false;
  const at = mark.getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 4;
  const left = Math.max(4, Math.min(at.left + at.width / 2 - tip.offsetWidth / 2, room));
  const above = at.top - tip.offsetHeight - 6;
  tip.style.left = `${left + scrollX}px`;
  tip.style.top = `${(above < 0 ? at.bottom + 6 : above) + scrollY}px`;
}

function hideTip() {
  tip.hidden = true;
}

for (const chart of document.querySelectorAll("svg.chart")) {
  const marks = [...chart.querySelectorAll('[role="graphics-symbol"][aria-label]')];
  marks.forEach((mark, place) => {
    mark.setAttribute("tabindex", place ? -1 : 0); /* one stop a chart; arrows go on from there */
    mark.addEventListener("pointerenter", () => showTip(mark));
    mark.addEventListener("pointerleave", hideTip);
    mark.addEventListener("focus", () => showTip(mark));
    mark.addEventListener("blur", hideTip);
    mark.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -place, End: marks.length - 1 - place };
      const next = marks[place + steps[event.key]];
      if (event.key === "Escape") hideTip();
      if (!(event.key in steps)) return;
      event.preventDefault();
      if (!next) return;
      mark.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  });
}

/* Tables: they sort by a column, and show the rows that hold some words. */
const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const FILTERED_FROM = 8; /* rows; fewer are seen at a glance */

function keyOf(row, column, isNumber) {
  const text = row.cells[column].textContent.trim();
  if (text === "–" || text === "") return null;
  return isNumber ? Number.parseFloat(text.replaceAll(",", "")) : text;
}

function sortBy(table, column) {
  const header = table.tHead.rows[0].cells[column];
  const isNumber = header.classList.contains("number");
  const was = header.getAttribute("aria-sort");
  const isRising = was === null ? !isNumber : was === "descending";
  const sign = isRising ? 1 : -1;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [keyOf(row, column, isNumber), row]);
  rows.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null); /* no value: last, whichever way */
    return sign * (isNumber ? a - b : order.compare(a, b));
  });
  body.append(...rows.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", isRising ? "ascending" : "descending");
  said.textContent = `Sorted by ${header.textContent}, ${isRising ? "rising" : "falling"}.`;
}

function addFilter(table) {
  const rows = [...table.tBodies[0].rows];
  const title = table.caption.textContent;
  const bar = document.createElement("div");
  const input = document.createElement("input");
  const count = document.createElement("span");
  bar.className = "filter";
  input.type = "search";
  input.placeholder = "Filter";
  input.setAttribute("aria-label", `Filter: ${title}`);
  count.className = "muted numbers";
  count.setAttribute("aria-live", "polite");
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    count.textContent = wanted.length ? `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows` : "";
  });
  bar.append(input, count);
  table.closest(".scrolls").before(bar);
}

for (const table of document.querySelectorAll("table.sorts")) {
  if (table.tBodies[0].rows.length > 1) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sortBy(table, column));
      header.append(button);
    });
  }
  if (table.tBodies[0].rows.length >= FILTERED_FROM) addFilter(table);
}

/* On paper everything is open. */
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    details.dataset.closed = "";
  }
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("details[data-closed]")) {
    details.open = false;
    delete details.dataset.closed;
  }
});
