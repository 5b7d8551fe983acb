"use strict";
// Judgements are kept by quote_id and column: {is: "right"}, or {is: "wrong", value: "…", place: [start, end]}.
(() => {
  const sample = JSON.parse(document.getElementById("sample").textContent);
  const columns = Object.fromEntries(sample.columns.map((column) => [column.name, column]));
  const sections = [...document.querySelectorAll("section.quote")];
  const dots = [...document.querySelectorAll(".strip button")];
  const status = document.getElementById("status");
  const reviewer = document.getElementById("reviewer");
  const spokenOf = (kind) => kind === "quotation" || kind === "no_comment";
  const ofSpeaker = ["speaker_kind", "speaker_role", "speaker_organisation"];
  let state = { reviewer: "", at: 0, judged: {} };
  let open = null; // the field that words marked in the text go into

  function say(message, isBad = false) {
    status.textContent = message;
    status.classList.toggle("is-bad", isBad);
  }

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(sample.storage));
      if (kept && typeof kept.judged === "object") state = { ...state, ...kept };
    } catch {
      say("This browser keeps nothing: download before you close the page.", true);
    }
  }

  function keep() {
    try {
      localStorage.setItem(sample.storage, JSON.stringify(state));
    } catch {
      say("This browser keeps nothing: download before you close the page.", true);
    }
  }

  const judgedOf = (at) => (state.judged[sample.quotes[at].quote_id] ??= {});

  /** What is true of a column, as far as it was judged; undefined where a right value is still missing. */
  function truth(at, name) {
    const judgement = judgedOf(at)[name];
    if (judgement?.is !== "wrong") return sample.quotes[at][name];
    if (!judgement.value || problemOf(at, name)) return undefined;
    return judgement.value === sample.null ? null : judgement.value;
  }

  /** Whether a column can have a value, given what is true of the others. */
  function applies(at, name) {
    if (name === "text" || name === "kind") return true;
    const kind = truth(at, "kind");
    if (kind === undefined || !spokenOf(kind)) return false;
    if (name === "quote_type") return kind !== "no_comment";
    if (ofSpeaker.includes(name)) return truth(at, "speaker") !== null;
    if (name === "polarity") return truth(at, "cue") !== null;
    return true;
  }

  /** Whether a file can say that the value is right: cells hold no line ends, and a dash alone is nothing. */
  function canBeRight(at, name) {
    const value = sample.quotes[at][name];
    if (value === null) return columns[name].is_nullable && name !== "quote_type";
    return name === "text" || (value.trim() === value && !/[\r\n]/.test(value) && value !== sample.null);
  }

  const folded = (words) => words.replaceAll("’", "'").split(/\s+/u).join(" ").trim();

  function isPrinted(at, words) {
    const pattern = folded(words).split(" ").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("'", "['’]"));
    const whole = new RegExp(`(?<![\\p{L}\\p{N}_])${pattern.join("[^\\S\\n]+")}(?![\\p{L}\\p{N}_])`, "u");
    return whole.test(sample.texts[sample.quotes[at].article_id]);
  }

  /** Why a right value cannot be taken as it is; empty if it can. */
  function problemOf(at, name) {
    const { is, value, place } = judgedOf(at)[name] ?? {};
    if (is !== "wrong") return "";
    const nothing = columns[name].is_nullable && sample.quotes[at][name] !== null ? ", or - for nothing" : "";
    if (!value) return `Say what is right${nothing}.`;
    if (value === sample.null) return nothing ? "" : "It cannot be nothing.";
    if (sample.quotes[at][name] !== null && folded(value) === folded(sample.quotes[at][name]) && !place) return "That is what it has.";
    if (name in sample.places && !place && !isPrinted(at, value)) return "These words are not in the article.";
    return "";
  }

  const asked = (at) => sample.columns.map((column) => column.name).filter((name) => applies(at, name));
  const isJudged = (at, name) => Boolean(judgedOf(at)[name]) && !problemOf(at, name);
  const isDone = (at) => asked(at).every((name) => isJudged(at, name));

  function draw(at) {
    for (const row of sections[at].querySelectorAll(".column")) {
      const name = row.dataset.column;
      const judgement = judgedOf(at)[name];
      row.hidden = !applies(at, name);
      row.classList.toggle("is-right", judgement?.is === "right");
      row.classList.toggle("is-wrong", judgement?.is === "wrong");
      row.querySelector(".right").setAttribute("aria-pressed", String(judgement?.is === "right"));
      row.querySelector(".wrong").setAttribute("aria-pressed", String(judgement?.is === "wrong"));
      row.querySelector(".right").disabled = !canBeRight(at, name);
      const field = row.querySelector("input, select");
      row.querySelector(".instead").hidden = judgement?.is !== "wrong";
      if (document.activeElement !== field) field.value = judgement?.value ?? "";
      const problem = problemOf(at, name);
      row.querySelector(".problem").textContent = problem;
      row.querySelector(".problem").hidden = !problem;
    }
    const done = isDone(at);
    const names = asked(at).filter((name) => judgedOf(at)[name]);
    const hasWrong = names.some((name) => judgedOf(at)[name].is === "wrong");
    dots[at].classList.toggle("is-done", done);
    dots[at].classList.toggle("is-begun", !done && names.length > 0);
    dots[at].classList.toggle("has-wrong", done && hasWrong);
    const told = done ? (hasWrong ? "judged, not all right" : "judged, all right") : names.length ? "begun" : "not judged";
    dots[at].setAttribute("aria-label", `Quote ${at + 1}, ${told}`);
  }

  function count() {
    const done = sample.quotes.filter((_, at) => isDone(at)).length;
    document.getElementById("done").value = done;
    document.getElementById("told").textContent = `${done} of ${sample.quotes.length}`;
  }

  function judge(at, name, judgement) {
    if (judgement) judgedOf(at)[name] = judgement;
    else delete judgedOf(at)[name];
    draw(at);
    count();
    keep();
  }

  const rowOf = (at, name) => sections[at].querySelector(`.column[data-column="${name}"]`);
  const rowsOf = (at) => [...sections[at].querySelectorAll(".column:not([hidden])")];
  function focusRow(row) {
    (row.querySelector(".right:not(:disabled)") ?? row.querySelector(".wrong")).focus({ preventScroll: false });
  }
  const firstUnjudged = (at) => rowsOf(at).find((row) => !isJudged(at, row.dataset.column));

  function go(at, focuses = true) {
    state.at = Math.min(Math.max(at, 0), sections.length - 1);
    sections.forEach((section, position) => (section.hidden = position !== state.at));
    for (const dot of dots) dot.removeAttribute("aria-current");
    dots[state.at].setAttribute("aria-current", "true");
    dots[state.at].scrollIntoView({ block: "nearest", inline: "nearest" });
    sections[state.at].querySelector(".previous").disabled = state.at === 0;
    sections[state.at].querySelector(".next").disabled = state.at === sections.length - 1;
    open = null;
    draw(state.at);
    if (focuses) focusRow(firstUnjudged(state.at) ?? rowsOf(state.at)[0]);
    keep();
  }

  /** Goes on to the next column; after the last one nothing moves, so that a key too many judges nothing. */
  function advance(at, row) {
    const rows = rowsOf(at);
    const next = rows.slice(rows.indexOf(row) + 1).find((later) => !isJudged(at, later.dataset.column)) ?? firstUnjudged(at);
    if (next) focusRow(next);
    else sections[at].querySelector(".next:not(:disabled)")?.focus();
  }

  /** Judges right what is not judged, but for what hangs on something that is wrong. */
  function judgeRest(at) {
    const wrong = (name) => judgedOf(at)[name]?.is === "wrong";
    const hanging = [...(wrong("speaker") ? [...ofSpeaker, "speaker_mention", "reported_by"] : []), ...(wrong("cue") ? ["polarity"] : [])];
    const spoken = wrong("kind") ? asked(at).filter((name) => name !== "text" && name !== "kind") : [];
    for (const name of asked(at)) {
      const isLeft = hanging.includes(name) || spoken.includes(name) || !canBeRight(at, name);
      if (!judgedOf(at)[name] && !isLeft) judgedOf(at)[name] = { is: "right" };
    }
    draw(at);
    count();
    keep();
    if (isDone(at) && at + 1 < sections.length) go(at + 1);
    else if (firstUnjudged(at)) focusRow(firstUnjudged(at));
    else say("All judged: download the corrections.");
  }

  function toggle(at, name, is) {
    const now = judgedOf(at)[name];
    if (is === "right" && !canBeRight(at, name)) return;
    judge(at, name, now?.is === is ? null : is === "right" ? { is } : { is, value: name === "text" ? sample.quotes[at].text.split(/\s+/u).join(" ") : "" });
    if (is === "wrong" && now?.is !== is) {
      const field = rowOf(at, name).querySelector("input, select");
      field.value = judgedOf(at)[name].value;
      field.focus();
      if (field.select) field.select();
      open = { at, name };
    }
  }

  function write(at, name, value, place) {
    const clean = value.split(/\s+/u).join(" ").trim().normalize("NFC");
    judge(at, name, { is: "wrong", value: clean, ...(place ? { place } : {}) });
  }

  /** Offsets of marked words in the article, if they are those of one paragraph. */
  function placeOf(at, range, words) {
    const paragraph = (range.startContainer.parentElement ?? range.startContainer).closest(".paragraph");
    if (!paragraph) return null;
    const before = document.createRange();
    before.selectNodeContents(paragraph);
    before.setEnd(range.startContainer, range.startOffset);
    const marked = range.toString();
    const start = Number(paragraph.dataset.start) + [...before.toString()].length + [...marked].length - [...marked.trimStart()].length;
    const end = start + [...words].length;
    const text = [...sample.texts[sample.quotes[at].article_id]].slice(start, end).join("");
    return text === words ? [start, end] : null;
  }

  function takeMarked() {
    const selection = getSelection();
    if (!open || selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    const words = range.toString().trim();
    if (!words || !sections[open.at].querySelector(".context").contains(range.commonAncestorContainer)) return;
    const { at, name } = open;
    const place = name in sample.places ? placeOf(at, range, words) : null;
    const field = rowOf(at, name).querySelector("input");
    if (!field) return;
    write(at, name, words, place);
    field.value = judgedOf(at)[name].value;
    field.focus();
  }

  // The file: see "Corrections" in docs/operating.md.
  const [atStart, atBreak] = [new RegExp(sample.formulas.at_start, "u"), new RegExp(sample.formulas.at_break, "gu")];
  const guarded = (value) => (value === sample.null ? value : value.replace(atBreak, "$1'$2").replace(atStart, "'$1"));
  const quoted = (value) => (/[",;\t|'=+\-@]|^\s|\s$/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

  function lineOf(at) {
    const quote = sample.quotes[at];
    const values = { article_id: quote.article_id, start: String(quote.start), end: String(quote.end) };
    let sets = false;
    for (const name of asked(at)) {
      if (!isJudged(at, name)) continue;
      const { is, value, place } = judgedOf(at)[name];
      const right = is === "right" ? quote[name] : value;
      values[name] = right === null ? sample.null : name === "text" ? right.split(/\s+/u).join(" ") : right;
      if (place) sample.places[name].forEach((column, position) => (values[column] = String(place[position])));
      sets ||= name !== "text";
    }
    if (!sets) return null;
    values.decided_by = state.reviewer;
    return sample.header.map((column) => quoted(guarded(values[column] ?? ""))).join(",");
  }

  function download() {
    state.reviewer = reviewer.value.split(/\s+/u).join(" ").trim().normalize("NFC");
    if (!state.reviewer || state.reviewer === sample.null) {
      say("Say who you are first: your name goes into decided_by.", true);
      reviewer.focus();
      return;
    }
    const lines = sample.quotes.map((_, at) => lineOf(at));
    const written = lines.filter(Boolean);
    const missing = sample.quotes.reduce((sum, _, at) => sum + asked(at).filter((name) => judgedOf(at)[name] && !isJudged(at, name)).length, 0);
    const bare = lines.filter((line, at) => !line && isJudged(at, "text")).length;
    if (!written.length) {
      say("Nothing is judged yet.", true);
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([[sample.header.join(","), ...written, ""].join("\n")], { type: "text/csv;charset=utf-8" }));
    link.download = sample.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    const left = [
      missing ? `${missing} judged wrong without what is right left out` : "",
      bare ? `${bare} left out of which only the words are judged` : "",
    ].filter(Boolean);
    say(`${written.length} line${written.length === 1 ? "" : "s"} in ${sample.name}${left.length ? `; ${left.join("; ")}` : ""}.`, left.length > 0);
    keep();
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const row = target.closest(".column");
    const answer = target.closest(".answers button");
    if (answer) toggle(state.at, row.dataset.column, answer.classList.contains("right") ? "right" : "wrong");
    else if (target.closest("[data-go]")) go(Number(target.closest("[data-go]").dataset.go));
    else if (target.closest(".next")) go(state.at + 1);
    else if (target.closest(".previous")) go(state.at - 1);
    else if (target.closest(".rest")) judgeRest(state.at);
    else if (target.closest("#download")) download();
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("input", (event) => {
    const row = event.target.closest(".column");
    if (row) write(state.at, row.dataset.column, event.target.value);
    else if (event.target === reviewer) {
      state.reviewer = reviewer.value;
      keep();
    }
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest(".column");
    if (row && event.target.closest(".instead")) open = { at: state.at, name: row.dataset.column };
    else if (event.target.closest(".answers")) open = null;
  });
  document.addEventListener("pointerup", () => setTimeout(takeMarked));

  function inField(event) {
    const row = event.target.closest(".column");
    if (!row) return;
    if (event.key === "Escape") focusRow(row);
    else if (event.key === "Enter" && !problemOf(state.at, row.dataset.column)) advance(state.at, row);
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.matches("input, select")) return inField(event);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.repeat && key.length === 1) return; // a key held down judges once
    const rows = rowsOf(state.at);
    const focused = document.activeElement.closest(".column");
    const row = focused ?? firstUnjudged(state.at) ?? rows[0];
    const name = row.dataset.column;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[key];
    const turn = { ArrowRight: 1, n: 1, ArrowLeft: -1, p: -1 }[key];
    if (step) focusRow(focused ? (rows[rows.indexOf(row) + step] ?? row) : row);
    else if (turn) go(state.at + turn);
    else if (key === "r") {
      if (canBeRight(state.at, name)) {
        judge(state.at, name, { is: "right" });
        advance(state.at, rowOf(state.at, name));
      }
    } else if (key === "w") {
      if (judgedOf(state.at)[name]?.is !== "wrong") toggle(state.at, name, "wrong");
      else row.querySelector("input, select").focus();
    } else if (key === "u") judge(state.at, name, null);
    else if (key === "a") judgeRest(state.at);
    else return;
    event.preventDefault();
  });

  load();
  reviewer.value = state.reviewer;
  sections.forEach((_, at) => draw(at));
  count();
  go(state.at, false);
})();
