"use strict";
// A quote is shown while the pointer or the focus is on it; a click or Enter keeps it until Escape or the next one.
(() => {
  const panel = document.getElementById("inspector");
  const told = panel.querySelector(".told");
  const status = document.getElementById("status");
  const references = [...document.querySelectorAll(".text a.n")];
  const speakers = [...document.querySelectorAll("button.speaker")];
  const marks = { q: "is-chosen", m: "is-mention", u: "is-cue", t: "is-statement" };
  let kept = null;
  let shown = null;

  const colour = (element) => getComputedStyle(element).getPropertyValue("--own");

  function unmark() {
    for (const name of Object.values(marks)) {
      for (const piece of document.querySelectorAll(`.text .${name}`)) {
        piece.classList.remove(name);
        piece.style.removeProperty("--chosen");
      }
    }
  }

  function mark(number, own) {
    for (const [role, name] of Object.entries(marks)) {
      for (const piece of document.querySelectorAll(`.text [data-${role}~="${number}"]`)) {
        piece.classList.add(name);
        if (role !== "q") piece.style.setProperty("--chosen", own);
      }
    }
    document.getElementById(`q${number}`)?.classList.add("is-chosen");
  }

  function show(number) {
    if (number === shown) return;
    unmark();
    shown = number;
    panel.hidden = number === null;
    document.body.classList.toggle("has-open", number !== null);
    if (number === null) return;
    const card = document.getElementById(`quote${number}`);
    const own = colour(card);
    mark(number, own);
    const copy = card.cloneNode(true);
    for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
    for (const element of copy.querySelectorAll("details")) element.open = true;
    told.replaceChildren(...copy.childNodes);
    told.style.setProperty("--own", own);
    panel.scrollTop = 0;
  }

  function numberAt(target) {
    const reference = target.closest(".text a.n");
    if (reference) return reference.dataset.n;
    const piece = target.closest(".text [data-q]");
    return piece ? piece.dataset.q.split(" ").at(-1) : null;
  }

  function light(speaker) {
    const chosen = speaker && speaker.getAttribute("aria-pressed") !== "true" ? speaker : null;
    for (const other of speakers) other.setAttribute("aria-pressed", String(other === chosen));
    document.body.classList.toggle("has-lit", chosen !== null);
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    status.textContent = "";
    if (!chosen) return;
    const pieces = document.querySelectorAll(`.text [data-s~="${chosen.dataset.speaker}"]`);
    for (const piece of pieces) piece.classList.add("lit");
    for (const number of chosen.dataset.quotes.split(" ")) document.getElementById(`quote${number}`).classList.add("lit");
    status.textContent = `Lit up: ${chosen.querySelector(".name").textContent}, ${chosen.querySelector(".count").textContent}`;
    pieces[0]?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("pointerover", (event) => show(numberAt(event.target) ?? kept));
  document.addEventListener("focusin", (event) => {
    const number = numberAt(event.target);
    if (number) show((kept = number));
  });
  document.addEventListener("click", (event) => {
    const speaker = event.target.closest("button.speaker");
    if (speaker) return light(speaker);
    if (event.target.closest(".close")) return show((kept = null));
    const number = numberAt(event.target);
    if (number) {
      event.preventDefault();
      show((kept = number));
    } else if (!event.target.closest(".inspector, .all")) {
      show((kept = null));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      show((kept = null));
      light(null);
      return;
    }
    const at = references.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    references[at + step]?.focus();
  });
})();
