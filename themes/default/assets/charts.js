// Beside each chart: the picture as SVG and PNG, its figures as CSV, and the way to its table. All is made in the page.
"use strict";

(() => {
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const save = (href, name) => make("a", { href, download: name }).click();
  const STYLES = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity",
    "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "opacity", "display", "visibility", "rx",
  ];

  /** The picture by itself: what style sheets say of it is written into it. */
  const alone = (svg) => {
    const copy = svg.cloneNode(true);
    const { width, height } = svg.viewBox.baseVal;
    const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
    from.forEach((element, at) => {
      const style = getComputedStyle(element);
      to[at].setAttribute("style", STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    });
    copy.querySelectorAll("a").forEach((link) => link.replaceWith(...link.childNodes));
    const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    paper.setAttribute("width", width);
    paper.setAttribute("height", height);
    paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
    copy.prepend(paper);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    return new XMLSerializer().serializeToString(copy);
  };
  const address = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

  /** A picture of twice the size, as a file of its own. */
  const png = (svg, name) => {
    const { width, height } = svg.viewBox.baseVal;
    const image = new Image(width * 2, height * 2);
    image.addEventListener("load", () => {
      const canvas = make("canvas", { width: width * 2, height: height * 2 });
      canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
      save(canvas.toDataURL("image/png"), `${name}.png`);
    });
    image.src = address(alone(svg));
  };

  /** The table with the figures of a chart: the nearest one in a section around it. */
  const tableOf = (figure) => {
    for (let around = figure.parentElement; around && around.tagName !== "MAIN"; around = around.parentElement) {
      const table = around.querySelector("table");
      if (table) return table;
    }
    return null;
  };

  for (const figure of document.querySelectorAll(".chart-figure")) {
    const pictures = [...figure.querySelectorAll(":scope > svg")];
    if (pictures.length === 0) continue;
    const named = pictures.map((svg) => svg.querySelector(":scope > title")?.textContent).find(Boolean) || document.title;
    const slug = named.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "chart";
    const name = (at) => (pictures.length > 1 ? `${slug}-${at + 1}` : slug);
    const list = make("ul", {});
    const add = (words, act) => {
      const button = make("button", { type: "button", textContent: words });
      button.addEventListener("click", act);
      list.append(make("li", {}, button));
    };
    add("SVG", () => pictures.forEach((svg, at) => save(address(alone(svg)), `${name(at)}.svg`)));
    add("PNG", () => pictures.forEach((svg, at) => png(svg, name(at))));
    const table = tableOf(figure);
    if (table) {
      add("CSV", () => window.milepostSaveTable(table, slug));
      add(say("to_table"), () => {
        const target = table.closest(".scroll") || table;
        target.scrollIntoView({ block: "start" });
        target.focus?.();
      });
    }
    const summary = make("summary", { textContent: say("chart_menu"), ariaLabel: say("chart_menu_of", { title: named }) });
    figure.append(make("details", { className: "chart-menu" }, summary, list));
  }
})();
