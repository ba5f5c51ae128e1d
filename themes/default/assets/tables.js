// Registers: tables with `data-register` are sorted, filtered and saved as shown. The state is in the address, behind "#?".
// A long register shows its first rows, and more at a press: a browser takes seconds to lay out thousands. One that is split over
// pages reads the rows of its other pages when they are first needed, from scripts: a page opened from a folder may not fetch.
"use strict";

(() => {
  const text = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const read = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");

  /** So many rows are shown at once, and so many more at each press; style sheets know the first number too. */
  const ROWS = 100;

  /** The rows of other pages of a register, as they arrive. */
  const waiting = {};
  window.milepostRows = (name, part, rows) => waiting[`${name}/${part}`]?.(rows);
  const rowsOf = (name, part, address) =>
    new Promise((done) => {
      waiting[`${name}/${part}`] = (rows) => {
        // A document of its own runs nothing, and asks for nothing.
        const page = new DOMParser().parseFromString(`<table><tbody>${rows.join("")}</tbody></table>`, "text/html");
        done([...page.querySelector("tbody").rows].map((row) => document.adoptNode(row)));
      };
      document.head.append(make("script", { src: address }));
    });

  /** What a cell offers to a filter: words that stand for what its head lists, each of its links, or its text. */
  const values = (cell) => {
    if (cell.dataset.offers !== undefined) return cell.dataset.offers.split(" ").filter(Boolean);
    if (cell.dataset.value !== undefined) return [cell.dataset.value];
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

  /** Saves rows of a table. */
  const saveTable = (table, name, rows = [...table.tBodies].flatMap((body) => [...body.rows])) => {
    const cells = (row) => [...row.cells].map((cell, at) => csv(text(cell), at)).join(",");
    const lines = [cells(table.tHead.rows[0]), ...rows.map(cells)];
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
    const entry = (row, at) => ({ row, at });
    let rows = [...body.rows].map(entry);
    const parts = Number(table.dataset.parts || 1);
    let whole = parts === 1;
    const all = (entry) => (entry.all ??= text(entry.row).toLowerCase());
    // A column is sorted by the value of a cell, for example a day as data files write it; without one, by its text.
    const value = (cell) => cell.dataset.value ?? text(cell);
    const cell = (entry, at) => ((entry.texts ??= [])[at] ??= value(entry.row.cells[at]));
    const offers = (entry, at) => ((entry.offers ??= [])[at] ??= values(entry.row.cells[at]));
    const bar = document.querySelector(`[data-tools="${name}"]`);
    const count = make("output", { className: "count" });
    const controls = {};
    let order = "";
    let sorted = rows;
    let limit = ROWS;
    const more = make("button", { type: "button", className: "more-rows" });
    (table.closest(".scroll") || table).after(more);

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

    const sort = () => {
      if (order === state.sort) return;
      order = state.sort;
      const [column, direction] = order.split(".");
      const at = columns.indexOf(column);
      sorted = rows;
      if (at >= 0) {
        const sign = direction === "down" ? -1 : 1;
        sorted = [...rows].sort((one, two) => compare(cell(one, at), cell(two, at)) * sign || one.at - two.at);
      }
      heads.forEach((head, index) => {
        if (index === at) head.setAttribute("aria-sort", direction === "down" ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
    };

    /** The rows of all pages, in their order; what is asked of the register is asked of all of them. */
    const gather = async () => {
      whole = true;
      const own = Number(table.dataset.part);
      const address = (part) => table.dataset.rows.replace("*", part);
      const all = await Promise.all(Array.from({ length: parts }, (_, at) => (at + 1 === own ? [...rows.map(({ row }) => row)] : rowsOf(name, at + 1, address(at + 1)))));
      rows = all.flat().map(entry);
      sorted = rows;
      order = "";
      fill();
      show();
    };

    let found = rows;
    const draw = () => {
      const fragment = document.createDocumentFragment();
      fragment.append(...found.slice(0, limit).map(({ row }) => row));
      if (found.length === 0) fragment.append(make("tr", {}, make("td", { colSpan: heads.length, className: "quiet", textContent: say("no_rows") })));
      body.replaceChildren(fragment);
      body.className = "ready";
      const rest = found.length - limit;
      more.hidden = rest <= 0;
      more.textContent = say("more_rows", { n: Math.min(rest, ROWS) });
    };

    /** A row that the address names is in sight, wherever it stands. */
    const reveal = () => {
      const id = location.hash.slice(1);
      const at = id && !id.startsWith("?") ? found.findIndex(({ row }) => row.id === id) : -1;
      if (at < limit) return;
      limit = at + 1;
      draw();
      found[at].row.scrollIntoView({ behavior: "instant" });
    };

    const show = () => {
      const asked = state.sort || state.find || Object.values(state.filters).some(Boolean);
      if (asked && !whole) gather();
      sort();
      found = sorted.filter(filtered());
      limit = ROWS;
      draw();
      reveal();
      count.textContent = say("rows", { part: found.length, n: whole ? rows.length : Number(table.dataset.total) });
    };
    more.addEventListener("click", () => {
      limit += ROWS;
      draw();
    });
    addEventListener("beforeprint", () => {
      limit = Infinity;
      draw();
    });
    addEventListener("afterprint", () => {
      limit = ROWS;
      draw();
    });

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
      // What the address asks for may stand on another page.
      if (!whole && [...all.keys()].some((known) => known.startsWith(`${name}.`))) return gather().then(restore);
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
      const button = make("button", { type: "button", className: "sort" });
      // A button holds no link: where the head is one, the button stands beside it.
      if (head.querySelector("a")) button.ariaLabel = text(head);
      else button.append(...head.childNodes);
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
    const selects = [];
    /** What can be chosen: everything that some row offers. */
    const fill = () => {
      for (const [select, at] of selects) {
        const chosen = select.value;
        const offered = new Set(rows.flatMap((entry) => offers(entry, at)).filter(Boolean));
        // What a head lists has its order and its words; all else is sorted.
        const listed = heads[at].dataset.options;
        const choices = listed ? JSON.parse(listed).filter(([value]) => offered.has(value)) : [...offered].sort(compare).map((value) => [value, value]);
        const options = choices.map(([value, textContent]) => make("option", { value, textContent }));
        select.replaceChildren(make("option", { value: "", textContent: say("all") }), ...options);
        select.value = chosen;
      }
    };
    if (bar) {
      label(say("find"), make("input", { type: "search", autocomplete: "off" }), "find", "input");
      heads.forEach((head, at) => {
        const kind = head.dataset.filter;
        if (!kind) return;
        const words = kind === "until" ? say("until", { head: text(head) }) : head.dataset.label || text(head);
        if (kind === "until") return label(words, make("input", { type: "date" }), key(head), "change");
        const select = make("select", {});
        selects.push([select, at]);
        return label(words, select, key(head), "change");
      });
      const save = make("button", { type: "button", textContent: say("save") });
      save.addEventListener("click", async () => {
        if (!whole) await gather();
        saveTable(table, name, found.map(({ row }) => row));
      });
      // A list of choices shall hold those of all pages.
      bar.addEventListener("focusin", () => whole || gather());
      const clear = make("button", { type: "button", textContent: say("clear") });
      clear.addEventListener("click", () => {
        history.replaceState(null, "", location.href.split("#")[0]);
        restore();
      });
      bar.append(make("div", { className: "ends" }, count, save, clear));
    }
    fill();
    restore();
    // The first key shall not wait for the texts of all rows.
    const ahead = (at) => {
      const until = performance.now() + 8;
      let next = at;
      while (next < rows.length && performance.now() < until) all(rows[next++]);
      if (next < rows.length) setTimeout(ahead, 0, next);
    };
    setTimeout(ahead, 200, 0);
    addEventListener("hashchange", () => (location.hash.startsWith("#?") ? restore() : reveal()));
  };

  document.querySelectorAll("table[data-register]").forEach(enhance);
})();
