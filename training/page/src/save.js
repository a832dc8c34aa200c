// Downloads of what a view shows: its drawing as SVG or PNG, its rows as CSV, and the SPARQL that asks a graph for the same.
import { el, svg } from "./base.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "display"];

function hand(name, type, content) {
  const link = el("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
/* A copy of a drawing that carries its style with it. */
function standing(drawing) {
  const copy = drawing.cloneNode(true), from = [drawing, ...drawing.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((node, i) => { const style = getComputedStyle(node); for (const name of KEPT) to[i].style.setProperty(name, style.getPropertyValue(name)); });
  const box = drawing.getBoundingClientRect(), width = Math.round(box.width), height = Math.round(box.height);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width); copy.setAttribute("height", height);
  if (!copy.getAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.querySelectorAll(".hit, .bin").forEach((node) => node.remove());
  copy.prepend(svg("rect", { width: "100%", height: "100%", fill: getComputedStyle(document.body).backgroundColor }));
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}
const field = (value) => {
  let text = String(value ?? "");
  if (/^[=+\-@\t\r]/.test(text) && !/^[+-]?[0-9.]+$/.test(text)) text = "'" + text; // a spreadsheet would run it
  return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
};

export function downloads(name, view, query, button) {
  const parts = [];
  const drawing = () => view.picture();
  if (drawing()) {
    parts.push(button("SVG", "Download the drawing as SVG", () => hand(`kgbuild-${name}.svg`, "image/svg+xml", standing(drawing()).text)));
    parts.push(button("PNG", "Download the drawing as PNG", () => {
      const { text, width, height } = standing(drawing()), image = new Image();
      image.onload = () => {
        const canvas = el("canvas", { width: 2 * width, height: 2 * height });
        canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
        canvas.toBlob((blob) => hand(`kgbuild-${name}.png`, "image/png", blob), "image/png");
      };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    }));
  }
  if (view.canvas && view.canvas()) parts.push(button("PNG", "Download the drawing as PNG", () => view.canvas().toBlob((blob) => hand(`kgbuild-${name}.png`, "image/png", blob), "image/png")));
  parts.push(button("CSV", "Download the rows as CSV", () => hand(`kgbuild-${name}.csv`, "text/csv", "\ufeff" + view.rows().map((r) => r.map(field).join(",")).join("\r\n") + "\r\n")));
  parts.push(button("SPARQL", "Show the query behind this view", () => {
    const box = document.getElementById("query");
    box.querySelector("pre").textContent = query;
    box.showModal();
  }));
  return parts;
}
