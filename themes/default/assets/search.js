// Search over pages, controls, answers, evidence, actions, findings of reviews and guides. What it looks through are scripts of their own, loaded when
// the search is first used: a page opened from a folder may not fetch anything else.
"use strict";

(() => {
  const box = document.querySelector(".search");
  const input = box.querySelector("input");
  const panel = box.querySelector(".found");
  const status = box.querySelector("output");
  const root = box.dataset.root;
  const KINDS = ["page", "function", "framework", "control", "mapping", "team", "guide", "action", "exception", "risk", "finding", "answer", "evidence"];
  /** So many of a kind are shown at first, and more at each press. */
  const [FEW, MORE] = [5, 20];
  const parts = [];
  let wanted = 0;
  let limits = {};
  let chosen = -1;

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const load = (part) => {
    const script = make("script", { src: `${root}search/${part + 1}.js` });
    document.head.append(script);
  };

  window.milepostSearch = (part, count, rows) => {
    parts[part] = rows.map(([kind, id, title, href, text]) => {
      const head = plain(`${id} ${title}`);
      return { kind, id, title, href, text, head, all: `${head} ${plain(text)}` };
    });
    if (part === 0) for (let other = 1; other < count; other += 1) load(other);
    wanted = count;
    show();
  };

  const start = () => {
    if (wanted > 0) return;
    wanted = 1;
    load(0);
  };

  /** Where a word of `text` begins with `word`; −1 if none does. */
  const wordAt = (text, word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return at;
    }
    return -1;
  };

  /** How well an entry fits: every word must begin a word of it; what its title says counts most. */
  const rank = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      if (wordAt(entry.all, word) < 0) return -1;
      sum += entry.head.startsWith(word) ? 8 : wordAt(entry.head, word) >= 0 ? 4 : 1;
    }
    return sum;
  };

  /** A text with the words that were looked for marked; a long one around the first of them. */
  const marked = (text, words, room) => {
    // Both hold the same number of characters only where no character was taken apart.
    const folded = plain(text);
    if (folded.length !== text.length) return [text.slice(0, room)];
    const hits = words.map((word) => [wordAt(folded, word), word.length]).filter(([at]) => at >= 0).sort(([a], [b]) => a - b);
    const first = hits.length > 0 ? hits[0][0] : 0;
    const from = text.length > room ? Math.max(0, Math.min(first - room / 3, text.length - room)) : 0;
    const begin = from > 0 ? text.indexOf(" ", from) + 1 : 0;
    const end = Math.min(text.length, begin + room);
    const out = [begin > 0 ? "…" : ""];
    let at = begin;
    for (const [hit, length] of hits) {
      if (hit < at || hit + length > end) continue;
      out.push(text.slice(at, hit), make("mark", { textContent: text.slice(hit, hit + length) }));
      at = hit + length;
    }
    return [...out, text.slice(at, end), end < text.length ? "…" : ""];
  };

  /** The line of an entry's texts that says most of what was looked for, if its title does not say it. */
  const sentence = (entry, words) => {
    const missing = words.filter((word) => wordAt(entry.head, word) < 0);
    if (missing.length === 0) return null;
    const lines = entry.text.split("\n");
    const fits = lines.map((line) => missing.filter((word) => wordAt(plain(line), word) >= 0).length);
    const best = fits.indexOf(Math.max(...fits));
    return fits[best] > 0 ? make("span", { className: "said", dir: "auto" }, ...marked(lines[best], missing, 140)) : null;
  };

  const option = (entry, words) => {
    const link = make("a", { href: root + entry.href, tabIndex: -1 });
    if (entry.id) link.append(make("span", { className: "id", textContent: entry.id }), " ");
    link.append(make("bdi", { className: "title" }, ...marked(entry.title, words, 120)));
    const said = sentence(entry, words);
    if (said) link.append(said);
    const item = make("li", { role: "option", ariaSelected: "false" }, link);
    return item;
  };

  const group = (kind, found, words) => {
    const limit = limits[kind] ?? FEW;
    const name = `found-${kind}`;
    const head = make("p", { className: "nav-head", id: name, textContent: `${say(`kind_${kind}`)} · ${found.length}` });
    const list = make("ul", {}, ...found.slice(0, limit).map((entry) => option(entry, words)));
    list.setAttribute("role", "group");
    list.setAttribute("aria-labelledby", name);
    if (found.length <= limit) return [head, list];
    const more = make("button", { type: "button", textContent: say("more", { n: Math.min(MORE, found.length - limit) }) });
    more.addEventListener("click", () => {
      limits[kind] = limit + MORE;
      show(true);
      input.focus();
    });
    return [head, list, more];
  };

  const show = (again = false) => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const loaded = parts.filter(Boolean).length;
    if (!again) limits = {};
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    const entries = words.length === 0 ? [] : parts.flat().map((entry) => [rank(entry, words), entry]).filter(([fits]) => fits >= 0);
    const byKind = new Map(KINDS.map((kind) => [kind, []]));
    for (const [fits, entry] of entries) byKind.get(entry.kind)?.push([fits, entry]);
    const groups = [...byKind].filter(([, found]) => found.length > 0);
    const best = (found) => Math.max(...found.map(([fits]) => fits));
    // The kind with the best hit comes first; kinds that fit alike keep their order.
    groups.sort(([, a], [, b]) => best(b) - best(a));
    for (const [, found] of groups) found.sort(([a], [b]) => b - a);
    const drawn = groups.flatMap(([kind, found]) => group(kind, found.map(([, entry]) => entry), words));
    const waiting = loaded < wanted;
    const told = words.length === 0 ? "" : waiting ? say("loading") : entries.length === 0 ? say("nothing_found") : say("found", { n: entries.length });
    const open = words.length > 0;
    panel.replaceChildren(...(open ? [make("p", { className: "told", textContent: told }), ...drawn] : []));
    [...panel.querySelectorAll("li")].forEach((item, at) => (item.id = `found-${at}`));
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    status.textContent = told;
  };

  const choose = (step) => {
    const items = [...panel.querySelectorAll("li")];
    if (items.length === 0) return;
    chosen = (chosen + step + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    input.value = "";
    show();
  };

  input.addEventListener("focus", start);
  input.addEventListener("input", () => show());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter") (panel.querySelectorAll("li")[Math.max(chosen, 0)] || panel).querySelector("a")?.click();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener("click", (event) => box.contains(event.target) || close());
})();
