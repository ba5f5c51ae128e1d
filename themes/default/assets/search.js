// Search over controls, teams, evidence, actions and guides. The index is a script of its own, loaded when it is first needed:
// a page opened from a folder may not fetch anything else.
"use strict";

(() => {
  const box = document.querySelector(".search");
  const input = box.querySelector("input");
  const list = box.querySelector("ul");
  const status = box.querySelector("output");
  const root = box.dataset.root;
  let entries = null;
  let chosen = -1;

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const load = () => {
    if (entries) return;
    entries = [];
    const script = document.createElement("script");
    script.src = `${root}search-index.js`;
    script.addEventListener("load", () => {
      entries = window.milepostIndex.map(([kind, id, title, href, more]) => ({
        kind, id, title, href, head: plain(`${id} ${title}`), all: plain(`${id} ${title} ${more || ""} ${kind}`),
      }));
      show();
    });
    document.head.append(script);
  };

  /** How well an entry fits: every word must begin a word of it; what its title says counts most. */
  const rank = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      const at = ` ${entry.all}`.search(new RegExp(`[^\\p{L}\\p{N}]${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`, "u"));
      if (at < 0) return -1;
      sum += entry.head.startsWith(word) ? 8 : entry.head.includes(word) ? 4 : 1;
    }
    return sum;
  };

  const show = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const found = words.length === 0 ? [] : entries.map((entry, at) => [rank(entry, words), at]).filter(([fits]) => fits >= 0);
    found.sort(([a, first], [b, second]) => b - a || first - second);
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.slice(0, 12).map(([, at], index) => {
      const { kind, id, title, href } = entries[at];
      const item = document.createElement("li");
      Object.assign(item, { id: `found-${index}`, role: "option", ariaSelected: "false" });
      const link = Object.assign(document.createElement("a"), { href: root + href, tabIndex: -1 });
      const parts = [["kind", kind], ["id", id], ["title", title]].filter(([, words]) => words);
      link.append(...parts.flatMap(([name, words]) => {
        const part = Object.assign(document.createElement("span"), { className: name, textContent: words });
        return [part, " "];
      }));
      item.append(link);
      return item;
    }));
    const open = words.length > 0;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = open ? (found.length === 0 ? say("nothing_found") : say("found", { n: found.length })) : "";
  };

  const choose = (step) => {
    const items = [...list.children];
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

  input.addEventListener("focus", load);
  input.addEventListener("input", () => entries && show());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter") (list.children[Math.max(chosen, 0)] || list).querySelector("a")?.click();
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
