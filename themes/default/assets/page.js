// What a page gains from JavaScript before it is shown: a mark for styles, so that nothing moves when tools appear, the
// reader's choice of light or dark, and an address to copy at each head.
"use strict";

(() => {
  const root = document.documentElement;
  /** A text of strings.js with its values; the count `n` chooses the plural form. */
  window.say = (key, values = {}) => {
    const forms = window.milepostStrings[key];
    const form = "n" in values && forms[new Intl.PluralRules(root.lang).select(values.n)] || forms.other;
    return form.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  root.classList.add("js");
  const kept = () => {
    try {
      return localStorage.getItem("milepost-theme") || "auto";
    } catch {
      return "auto"; // A browser may keep nothing for pages from a folder.
    }
  };
  root.dataset.theme = kept();
  addEventListener("DOMContentLoaded", () => {
    for (const head of document.querySelectorAll("main :is(h2, h3)[id]:not(.hidden)")) {
      const title = head.textContent.trim();
      const link = { className: "anchor", href: `#${head.id}`, textContent: "#", ariaLabel: say("link_to", { title }) };
      head.append(Object.assign(document.createElement("a"), link));
    }
    const choice = document.querySelector(".theme select");
    choice.value = root.dataset.theme;
    choice.addEventListener("change", () => {
      root.dataset.theme = choice.value;
      try {
        localStorage.setItem("milepost-theme", choice.value);
      } catch {}
    });
  });
})();
