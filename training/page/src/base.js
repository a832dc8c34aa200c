// The data of the page, and small helpers: every string reaches the page as text, never as markup.

export const DATA = JSON.parse(document.getElementById("data").textContent);
export const NODES = DATA.nodes, EVIDENCE = DATA.evidence;
export const $ = (id) => document.getElementById(id);
export const SVG = "http://www.w3.org/2000/svg";

// Characters that turn the direction of the text around them, and controls: shown by their code, kept out of the rest.
export const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g;

export function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
export function bdi(text) { return el("bdi", null, visible(text)); }
export function visible(text) { return text.replace(CONTROLS, "\ufffd"); }
export function shorten(text, length) {
  const letters = Array.from(visible(text).replace(/\s+/g, " ").trim());
  return letters.length > length ? letters.slice(0, length - 1).join("") + "…" : letters.join("");
}
export function plural(n, word) { return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`; }
export function fill(parent, ...children) { parent.replaceChildren(...children.filter((c) => c !== null && c !== undefined)); }

