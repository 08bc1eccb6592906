"use strict";
// The table of a report: sorted, filtered, drawn a page at a time, its jobs opened.
// All that comes from jobs goes in as text, never as markup; what has a name of a job's is in arrays and maps.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { columns, rows, jobs, texts, configs } = data;
  const best = new Set(data.best);
  const PAGE = 100;
  const STATUS = 1;
  const TIME = columns.findIndex(([, kind]) => kind === "time");
  const GROUPS = new Map([["override", "overrides"], ["value", "returned"], ["error", ""], ["time", ""], ["job", ""]]);
  const KNOWN = new Set(["RUNNING", "COMPLETED", "FAILED", "TIMED_OUT", "LOST", "CANCELLED"]);
  const find = (id) => document.getElementById(id);
  const state = { column: 0, sign: 1, words: [], status: null, page: 0, shown: [] };

  function element(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name === "class") made.className = value;
      else if (name.includes("-") || name === "role") made.setAttribute(name, value);
      else made[name] = value;
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  const count = (number) => number.toLocaleString("en");

  // --- cells -------------------------------------------------------------------------------------------

  function shown(cell) {
    if (cell === null) return "";
    if (Array.isArray(cell)) return cell[0];
    if (typeof cell !== "number" || Number.isInteger(cell)) return String(cell);
    return String(Number(cell.toPrecision(6)));
  }

  // Numbers come before NaN, NaN before texts, and what is missing comes last: whichever way is sorted.
  const key = (cell) => (Array.isArray(cell) ? cell[1] ?? NaN : cell);
  const [NUMBER, NAN, TEXT, MISSING] = [0, 1, 2, 3];
  const rank = (value) => {
    if (value === null) return MISSING;
    return typeof value === "string" ? TEXT : Number.isNaN(value) ? NAN : NUMBER;
  };
  const isNumeric = columns.map((_, at) =>
    rows.every((row) => rank(key(row[at])) !== TEXT) && rows.some((row) => row[at] !== null));

  function chip(status) {
    const kind = KNOWN.has(status) ? status : "OTHER";
    return element("span", { class: "chip", "data-status": kind }, status);
  }

  // --- which jobs, in which order ----------------------------------------------------------------------

  const collator = new Intl.Collator(undefined, { numeric: true });

  function compare(a, b) {
    const x = key(rows[a][state.column]);
    const y = key(rows[b][state.column]);
    const kind = rank(x);
    if (kind !== rank(y)) return kind - rank(y);
    const order = kind === NUMBER ? x - y : kind === TEXT ? collator.compare(x, y) : 0;
    return state.sign * order || a - b;
  }

  // What is searched: of each job its cells, its error and its overrides, the latter as whole words too.
  let haystacks = null;
  const overrides = new Set();

  function fillHaystacks() {
    haystacks = rows.map((row, at) => {
      const cells = row.flatMap((cell) =>
        typeof cell === "number" ? [shown(cell), String(cell)] : [shown(cell)]);
      const own = (jobs[at].overrides ?? []).map((text) => (texts[text] ?? "").toLowerCase());
      own.forEach((text) => overrides.add(text));
      const text = [...cells, texts[jobs[at].error] ?? "", ...own].join("\n").toLowerCase();
      return { text, own: new Set(own) };
    });
  }

  // seed=1 is not in seed=12, unless nothing is seed=1.
  function has(place, word) {
    return overrides.has(word) ? haystacks[place].own.has(word) : haystacks[place].text.includes(word);
  }

  function choose() {
    if (state.words.length && haystacks === null) fillHaystacks();
    state.shown = rows.map((_, place) => place).filter((place) =>
      (state.status === null || rows[place][STATUS] === state.status) &&
      state.words.every((word) => has(place, word)));
    state.shown.sort(compare);
    state.page = 0;
    draw();
  }

  // --- the table ---------------------------------------------------------------------------------------

  const body = element("tbody");
  const heads = columns.map(([name, kind], at) => {
    const button = element("button", { type: "button", title: name }, name);
    button.addEventListener("click", () => {
      state.sign = state.column === at ? -state.sign : 1;
      state.column = at;
      choose();
    });
    const sides = (isNumeric[at] ? "number " : "") + (begins(at) ? "begins" : "");
    return element("th", { scope: "col", class: sides }, button);
  });

  function begins(at) {
    const ofJob = ["job", "time"];
    const [kind, before] = [columns[at][1], columns[at - 1]?.[1] ?? columns[at][1]];
    return kind !== before && !(ofJob.includes(kind) && ofJob.includes(before));
  }

  function groups() {
    const made = [];
    columns.forEach(([, kind], at) => {
      if (at === 0 || begins(at)) {
        const text = element("span", {}, GROUPS.get(kind));
        made.push(element("th", { class: at ? "begins" : "", scope: "colgroup" }, text));
      } else {
        made[made.length - 1].colSpan += 1;
      }
    });
    return element("tr", { class: "groups" }, ...made);
  }

  function row(place) {
    const cells = rows[place].map((cell, at) => {
      const text = shown(cell);
      const sides = (isNumeric[at] ? "number " : "") + (begins(at) ? "begins" : "");
      if (at === 0) {
        const link = element("a", { href: `#job-${name(place)}` }, text);
        const star = best.has(place) ? element("span", { class: "star", title: "Best job" }, " ★") : null;
        return element("th", { scope: "row", class: sides }, link, star);
      }
      if (at === STATUS) return element("td", {}, chip(text));
      const title = typeof cell === "number" ? String(cell) : text;
      return element("td", { class: sides, title: title === text && text.length < 24 ? "" : title }, text);
    });
    const made = element("tr", { class: best.has(place) ? "is-best" : "" }, ...cells);
    made.addEventListener("click", (event) => {
      const isSelecting = String(getSelection()) !== "";
      if (!isSelecting && !event.target.closest("a")) location.hash = `job-${name(place)}`;
    });
    return made;
  }

  function draw() {
    const first = state.page * PAGE;
    const there = state.shown.slice(first, first + PAGE);
    body.replaceChildren(...there.map(row));
    if (there.length === 0) {
      const text = rows.length ? "No job is like that." : "No job has started yet.";
      body.append(element("tr", {}, element("td", { colSpan: columns.length, class: "nothing" }, text)));
    }
    heads.forEach((head, at) => {
      const way = at !== state.column ? "none" : state.sign > 0 ? "ascending" : "descending";
      head.setAttribute("aria-sort", way);
    });
    drawPager(first, there.length);
    find("table").scrollTop = 0;
  }

  function drawPager(first, length) {
    const last = Math.max(Math.ceil(state.shown.length / PAGE) - 1, 0);
    const of = state.shown.length === rows.length ? "" : ` (of ${count(rows.length)})`;
    const text = length
      ? `Jobs ${count(first + 1)}-${count(first + length)} of ${count(state.shown.length)}${of}`
      : `0 jobs${of}`;
    const step = (label, sign, page, isOff) => {
      const made = element("button", { type: "button", disabled: isOff, "aria-label": label }, sign);
      made.addEventListener("click", () => {
        state.page = page;
        draw();
        find("pager").querySelector(`[aria-label="${label}"]`)?.focus();
      });
      return made;
    };
    const { page } = state;
    const buttons = last === 0 ? [] : [
      step("First page", "«", 0, page === 0),
      step("Page before", "‹", page - 1, page === 0),
      step("Next page", "›", page + 1, page === last),
      step("Last page", "»", last, page === last),
    ];
    find("pager").replaceChildren(element("span", { role: "status" }, text), ...buttons);
  }

  function drawStatuses() {
    const counts = new Map();
    for (const cells of rows) counts.set(cells[STATUS], (counts.get(cells[STATUS]) ?? 0) + 1);
    const choices = [[null, rows.length], ...[...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))];
    const buttons = choices.map(([status, number]) => {
      const label = status === null ? "All" : chip(status);
      const made = element("button", { type: "button" }, label, ` ${count(number)}`);
      made.addEventListener("click", () => {
        state.status = status;
        press();
        choose();
      });
      return made;
    });
    const press = () => buttons.forEach((button, at) =>
      button.setAttribute("aria-pressed", String(choices[at][0] === state.status)));
    press();
    find("statuses").replaceChildren(...(choices.length > 2 ? buttons : []));
  }

  // --- a job -------------------------------------------------------------------------------------------

  const dialog = find("job");
  const numbers = rows.map((cells) => cells[0]);
  const areUnique = new Set(numbers).size === numbers.length;
  const name = (place) => (areUnique ? numbers[place] : place);
  const places = new Map(rows.map((_, place) => [String(name(place)), place]));

  function moment(seconds) {
    if (typeof seconds !== "number") return "";
    const date = new Date(seconds * 1000);
    const two = (number) => String(number).padStart(2, "0");
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }

  function size(bytes) {
    if (bytes < 1000) return `${bytes} bytes`;
    return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }

  const NO_ROOM = "There was no room for it on this page.";
  const pre = (text, kind) => element("pre", { class: kind ?? "", tabIndex: 0 }, text ?? NO_ROOM);

  function pairs(entries) {
    const made = entries.filter(([, value]) => value !== "" && value != null).map(([label, value]) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, value)));
    return element("dl", { class: "facts" }, ...made);
  }

  function section(title, ...children) {
    const there = children.flat().filter((child) => child != null);
    return there.length ? element("section", {}, element("h3", {}, title), ...there) : null;
  }

  function returned(place) {
    const long = new Map((jobs[place].values ?? []).map(([at, text]) => [at, texts[text] ?? NO_ROOM]));
    const made = [];
    columns.forEach(([label, kind], at) => {
      const cell = rows[place][at];
      if (kind !== "value" || cell === null) return;
      const text = typeof cell === "number" ? String(cell) : shown(cell);
      made.push([label, long.has(at) ? pre(long.get(at)) : text]);
    });
    return made.length ? section("Returned", pairs(made)) : null;
  }

  function logs(job) {
    return (job.logs ?? []).flatMap(([file, text, bytes, isCut]) => {
      const path = `${job.folder}/${file}`;
      if (text === null) return [element("p", { class: "note" }, `${path} (${size(bytes)}) is not on this page.`)];
      const end = isCut ? `The end of ${path} (${size(bytes)})` : path;
      return [element("p", { class: "note" }, end), texts[text] === "" ? element("p", {}, "It is empty.") : pre(texts[text], "log")];
    });
  }

  // The lines of a config in which the jobs that are like it differ.
  const differing = new Map();

  function linesThatDiffer(base) {
    if (!differing.has(base)) {
      const found = new Set();
      for (const { config } of jobs) {
        if (config && config[0] === base) for (const [line] of config[1]) found.add(line);
      }
      differing.set(base, found);
    }
    return differing.get(base);
  }

  function config(job) {
    if (job.config === undefined) return null;
    if (job.config === null) return pre(null);
    const [base, changes] = job.config;
    const lines = texts[configs[base]].split("\n");
    for (const [line, text] of changes) lines[line] = texts[text];
    const marked = linesThatDiffer(base);
    const parts = lines.flatMap((line, at) => [marked.has(at) ? element("mark", {}, line) : line, "\n"]);
    return element("pre", { tabIndex: 0 }, ...parts.slice(0, -1));
  }

  function drawJob(place) {
    const job = jobs[place];
    const at = state.shown.indexOf(place);
    const go = (label, sign, to) => {
      const made = element("button", { type: "button", "aria-label": label, title: label, disabled: to === undefined }, sign);
      made.addEventListener("click", () => {
        location.replace(`#job-${name(to)}`);
      });
      return made;
    };
    const close = element("button", { type: "button", "aria-label": "Close", title: "Close", class: "close" }, "✕");
    close.addEventListener("click", () => dialog.close());
    const overrides = (job.overrides ?? []).map((text) => texts[text] ?? NO_ROOM).join("\n");
    const ended = job.end == null ? "" : moment(job.end);
    dialog.replaceChildren(
      element("header", {},
        element("h2", { id: "job-title", tabIndex: -1 }, `Job ${numbers[place]} `, chip(rows[place][STATUS]),
          best.has(place) ? element("span", { class: "star" }, " ★ best") : null),
        element("div", { class: "tools" },
          go("Job before", "‹", at > 0 ? state.shown[at - 1] : undefined),
          go("Next job", "›", at >= 0 ? state.shown[at + 1] : undefined),
          close)),
      element("div", { class: "body" }, ...[
        section("Error", job.error === undefined ? null : element("p", { class: "error" }, texts[job.error] ?? NO_ROOM)),
        section("Traceback", job.traceback === undefined ? null : pre(texts[job.traceback], "log")),
        section("Overrides", overrides ? pre(overrides) : null),
        returned(place),
        section("Log", logs(job)),
        section("Config", config(job)),
        section("Job", pairs([
          ["Folder", job.outside ? `${job.folder} (outside of the sweep's directory, so not looked into)` : job.folder],
          ["Started", moment(job.start)],
          ["Ended", ended],
          ["Took", TIME < 0 ? "" : shown(rows[place][TIME])],
          ["Attempt", job.attempt],
          ["Ran in", job.worker],
        ])),
      ].filter((part) => part !== null)));
    for (const log of dialog.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
    dialog.querySelector(".body").scrollTop = 0;
    find("job-title").focus();
  }

  function openFromAddress() {
    const found = /^#job-(.+)$/.exec(location.hash);
    const place = found ? places.get(found[1]) : undefined;
    if (place === undefined) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) dialog.showModal();
    drawJob(place);
  }

  dialog.addEventListener("close", () => {
    if (location.hash.startsWith("#job-")) history.replaceState(null, "", "#");
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("keydown", (event) => {
    const label = { ArrowLeft: "Job before", ArrowRight: "Next job" }[event.key];
    if (label && !event.target.closest("pre")) dialog.querySelector(`[aria-label="${label}"]`)?.click();
  });
  addEventListener("hashchange", openFromAddress);

  // --- begin -------------------------------------------------------------------------------------------

  const title = element("thead", {}, groups(), element("tr", {}, ...heads));
  find("table").replaceChildren(element("table", {}, title, body));
  find("filter").addEventListener("input", (event) => {
    state.words = event.target.value.toLowerCase().split(/\s+/).filter((word) => word);
    choose();
  });
  for (const link of document.querySelectorAll("a.best")) {
    link.href = `#job-${name(Number(link.dataset.place))}`;
  }
  for (const button of document.querySelectorAll("figure button")) {
    button.addEventListener("click", () => {
      const isLarge = button.parentElement.classList.toggle("large");
      button.setAttribute("aria-expanded", String(isLarge));
    });
  }
  drawStatuses();
  choose();
  find("jobs").hidden = false;
  openFromAddress();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
