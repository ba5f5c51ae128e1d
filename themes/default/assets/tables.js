// Registers: tables with `data-register` are sorted, filtered and saved as shown. The state is in the address, behind "#?".
"use strict";

(() => {
  const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const read = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");

  /** What a cell offers to a filter: the Function of an id, each of its links, or its text. */
  const values = (cell, kind) => {
    if (cell.dataset.value !== undefined) return [cell.dataset.value];
    if (kind === "function") {
      const id = cell.querySelector(".id") || cell;
      return [text(id).split(".")[0]];
    }
    const links = [...cell.querySelectorAll("a")].map(text);
    return links.length > 0 ? links : [text(cell)];
  };

  /** Numbers by their value, whatever their decimal sign; all else by its characters; nothing stands last. */
  const compare = (one, two) => {
    const [a, b] = [one, two].map((value) => (/^[-−]?\d+([.,]\d+)?( |$)/.test(value) ? parseFloat(value.replace("−", "-").replace(",", ".")) : NaN));
    if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
    if ((one === "") !== (two === "")) return one === "" ? 1 : -1;
    return one < two ? -1 : one > two ? 1 : 0;
  };

  /** Where a formula could begin, at whatever a program splits a line; a sign between two spaces is alone in its cell. */
  const formula = /(?=[=+\-@＝＋－＠])(?:(?<=(?:^|[,;:|])[\s"']*|\s["'][\s"']*)|(?<=\s)(?!. ))/g;

  /** A cell of CSV as src/border/csv.rs makes it: an apostrophe stands before each formula, and a number stays one, but at the start of a line. */
  const csv = (value, at) => {
    const cell = at > 0 && /^[+\-−]?\d+(\.\d+)?$/.test(value) ? value.replace("−", "-") : value.replace(formula, "'");
    return `"${cell.replaceAll('"', '""')}"`;
  };

  /** Saves the rows of a table that are shown. */
  const saveTable = (table, name) => {
    const cells = (row) => [...row.cells].map((cell, at) => csv(text(cell), at)).join(",");
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const lines = [cells(table.tHead.rows[0]), ...rows.filter((row) => !row.hidden).map(cells)];
    const blob = new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" });
    const link = make("a", { href: URL.createObjectURL(blob), download: `${name}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  window.milepostSaveTable = saveTable;

  const enhance = (table) => {
    const name = table.dataset.register;
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const state = { sort: "", filters: {}, find: "" };
    const key = (head) => head.dataset.key || text(head).toLowerCase().replace(/[^a-z0-9]+/g, "-");
    const columns = heads.map(key);
    // A row's texts are read once, when they are first needed: a page may hold thousands of rows.
    const rows = [...body.rows].map((row, at) => ({ row, at, shown: true }));
    const all = (entry) => (entry.all ??= text(entry.row).toLowerCase());
    const cell = (entry, at) => ((entry.texts ??= [])[at] ??= text(entry.row.cells[at]));
    const offers = (entry, at) => ((entry.offers ??= [])[at] ??= values(entry.row.cells[at], heads[at].dataset.filter));
    const bar = document.querySelector(`[data-tools="${name}"]`);
    const count = make("output", { className: "count" });
    const controls = {};
    let order = "";

    const filtered = () => {
      const words = state.find.toLowerCase().split(" ").filter(Boolean);
      const wanted = columns.map((column, at) => [at, state.filters[column]]).filter(([, value]) => value);
      return (entry) =>
        wanted.every(([at, value]) => {
          const offered = offers(entry, at);
          if (heads[at].dataset.filter === "until") return offered[0] !== "" && offered[0] <= value;
          return offered.includes(value);
        }) && words.every((word) => all(entry).includes(word));
    };

    /** Puts the rows in order, away from the page, so that it is laid out once. */
    const sort = () => {
      if (order === state.sort) return;
      order = state.sort;
      const [column, direction] = order.split(".");
      const at = columns.indexOf(column);
      const sorted = [...rows];
      if (at >= 0) {
        const sign = direction === "down" ? -1 : 1;
        sorted.sort((one, two) => compare(cell(one, at), cell(two, at)) * sign || one.at - two.at);
      }
      const fragment = document.createDocumentFragment();
      fragment.append(...sorted.map((entry) => entry.row));
      body.replaceChildren(fragment);
      heads.forEach((head, index) => {
        if (index === at) head.setAttribute("aria-sort", direction === "down" ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
    };

    const show = () => {
      sort();
      const matches = filtered();
      let shown = 0;
      for (const entry of rows) {
        const fits = matches(entry);
        if (fits !== entry.shown) {
          entry.row.hidden = !fits;
          entry.shown = fits;
        }
        shown += fits ? 1 : 0;
      }
      count.textContent = say("rows", { part: shown, n: rows.length });
    };

    const remember = () => {
      const all = read();
      [...all.keys()].filter((known) => known.startsWith(`${name}.`)).forEach((known) => all.delete(known));
      if (state.sort) all.set(`${name}.sort`, state.sort);
      if (state.find) all.set(`${name}.find`, state.find);
      Object.entries(state.filters).forEach(([column, value]) => value && all.set(`${name}.${column}`, value));
      const hash = all.toString();
      history.replaceState(null, "", hash ? `#?${hash}` : location.href.split("#")[0]);
    };

    const restore = () => {
      const all = read();
      state.sort = all.get(`${name}.sort`) || "";
      state.find = all.get(`${name}.find`) || "";
      for (const [column, control] of Object.entries(controls)) {
        const value = column === "find" ? state.find : all.get(`${name}.${column}`) || "";
        control.value = value;
        if (column !== "find") state.filters[column] = control.value;
      }
      show();
    };

    const change = () => {
      show();
      remember();
    };

    for (const head of heads.filter((head) => text(head) !== "")) {
      const button = make("button", { type: "button", className: "sort" }, ...head.childNodes);
      button.addEventListener("click", () => {
        const column = key(head);
        state.sort = state.sort === `${column}.up` ? `${column}.down` : state.sort === `${column}.down` ? "" : `${column}.up`;
        change();
      });
      head.append(button);
    }

    const label = (words, control, column, event) => {
      controls[column] = control;
      control.ariaLabel = words;
      control.addEventListener(event, () => {
        if (column === "find") state.find = control.value.trim();
        else state.filters[column] = control.value;
        change();
      });
      bar.append(make("label", {}, make("span", { textContent: words }), control));
    };
    if (bar) {
      label(say("find"), make("input", { type: "search", autocomplete: "off" }), "find", "input");
      heads.forEach((head, at) => {
        const kind = head.dataset.filter;
        if (!kind) return;
        const words = kind === "function" || kind === "group" ? say(kind) : kind === "until" ? say("until", { head: text(head) }) : text(head);
        if (kind === "until") return label(words, make("input", { type: "date" }), key(head), "change");
        const found = [...new Set(rows.flatMap((entry) => offers(entry, at)))].filter(Boolean);
        const options = found.sort(compare).map((value) => make("option", { value, textContent: value }));
        const all = make("option", { value: "", textContent: say("all") });
        return label(words, make("select", {}, all, ...options), key(head), "change");
      });
      const save = make("button", { type: "button", textContent: say("save") });
      save.addEventListener("click", () => saveTable(table, name));
      const clear = make("button", { type: "button", textContent: say("clear") });
      clear.addEventListener("click", () => {
        history.replaceState(null, "", location.href.split("#")[0]);
        restore();
      });
      bar.append(make("div", { className: "ends" }, count, save, clear));
    }
    restore();
    addEventListener("hashchange", () => location.hash.startsWith("#?") && restore());
  };

  document.querySelectorAll("table[data-register]").forEach(enhance);
})();
