// The page: a drawing of the network, its filters, the other views, and the evidence of whatever is chosen. It asks the network for nothing.
import { DATA, NODES, EVIDENCE, $, CONTROLS, el, svg, bdi, visible, shorten, plural, fill } from "./base.js";
import { crowd } from "./crowd.js";
import { VIEWS, viewOf } from "./views.js";
import { downloads } from "./save.js";

fill($("views"), ...VIEWS.map(([name, word]) => el("button", { type: "button", role: "tab", id: "view-" + name, "aria-controls": name === "network" ? "network" : "other" }, word)));

// ---- links of one pair, one class and one status are drawn as one edge ---------------------------------------------
const SIGN = { against: "−", for: "+", mixed: "±", event: "•", said: "”", tie: "·" };
const CLASS_WORD = { against: "against", for: "for", mixed: "neutral or mixed", event: "event", said: "said", tie: "tie" };
const FIRM_SIGN = { denied: "✕", open: "?", disputed: "≠" };
const FIRM = { Reported: "firm", Claimed: "firm", Disputed: "disputed", Denied: "denied", Expected: "open", Hypothetical: "open" };
const FAMILY = { Place: "places", City: "places", Topic: "topics" };

function classOf(item) {
  if (item.k === "said") return "said";
  if (item.k === "event") return "event";
  return item.p === "Against" ? "against" : item.p === "For" ? "for" : "mixed";
}
function edgesOf(links) {
  const edges = new Map();
  for (const [a, b, number, role, phrase] of links) {
    const item = number < 0 ? null : EVIDENCE[number];
    const cls = item ? classOf(item) : "tie", firm = item && item.k !== "said" ? FIRM[item.st] || "open" : "firm";
    const acts = !item || item.k !== "event" || item.r.some((r) => r[0] === "agent"); // else the source did nothing: no arrow
    const way = role === "together" || !acts ? "=" : ">";
    const id = [NODES[a].id, NODES[b].id, cls, firm, way].join("~");
    let edge = edges.get(id);
    if (!edge) edges.set(id, edge = { id, a, b, cls, firm, two: way === "=", items: [], statuses: new Set(), types: new Map() });
    if (number >= 0 && !edge.items.includes(number)) edge.items.push(number);
    if (item) edge.statuses.add(item.k === "said" ? "Reported" : item.st);
    const type = phrase || (item ? item.t : role);
    edge.types.set(type, (edge.types.get(type) || 0) + 1);
  }
  return [...edges.values()];
}
let EDGES, EDGE, DEGREE, EDGES_AT, EVIDENCE_AT, ITEM_ON;
const NUMBER = new Map(NODES.map((n, i) => [n.id, i]));
const ITEM = new Map(EVIDENCE.map((e, i) => [e.id, i]));
// What the filters of time, outlet and type let through; links and lists are drawn from that alone.
function gather() {
  const { from, to, outlet, type } = state;
  ITEM_ON = EVIDENCE.map((item) => {
    const day = item.day || "", document_ = DATA.documents[DATA.sentences[item.s][0]];
    return (!from || (day && day.padEnd(10, "-12-31".slice(day.length - 4)) >= from)) && (!to || (day && day <= to)) && (!outlet || document_[1] === outlet) && (!type || item.t === type);
  });
  const filtered = from || to || outlet || type;
  EDGES = edgesOf(filtered ? DATA.links.filter((l) => l[2] < 0 || ITEM_ON[l[2]]) : DATA.links);
  EDGE = new Map(EDGES.map((e) => [e.id, e]));
  DEGREE = NODES.map(() => 0);
  EDGES_AT = NODES.map(() => []);
  for (const e of EDGES) for (const n of e.a === e.b ? [e.a] : [e.a, e.b]) { EDGES_AT[n].push(e); if (e.cls !== "tie") DEGREE[n] += e.items.length; }
  EVIDENCE_AT = NODES.map(() => []);
  EVIDENCE.forEach((item, i) => { if (ITEM_ON[i]) for (const n of new Set((item.r || []).map((r) => r[1]))) EVIDENCE_AT[n].push(i); });
  gathered = [from, to, outlet, type].join("\n");
}
let gathered = null;

function strength(edge) { return 1 + Math.log2(Math.max(1, edge.items.length)) + (edge.cls === "against" || edge.cls === "for" ? 0.5 : 0); }
function typesOf(edge) { return [...edge.types].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).map((t) => t[0]); }
function labelOf(edge) {
  const types = typesOf(edge), shown = types.slice(0, 2).join(", ") + (types.length > 2 ? " …" : "");
  if (edge.cls === "tie" || edge.cls === "said") return shown;
  const word = edge.cls === "event" ? shown : CLASS_WORD[edge.cls];
  if (edge.firm === "denied") return "not " + word;
  if (edge.firm === "disputed") return "disputed: " + word;
  if (edge.firm !== "open") return word;
  return edge.statuses.size === 1 && edge.statuses.has("Expected") ? "expected: " + word : word + "?";
}

// ---- state: what is on, what is chosen; kept in the address ----------------------------------------------------------
const FILTERS = [
  ["Links", [["against", "against"], ["for", "for"], ["mixed", "neutral, mixed"], ["event", "events"], ["said", "said"], ["tie", "ties"]]],
  ["Status", [["firm", "reported or claimed"], ["disputed", "disputed"], ["denied", "denied"], ["open", "expected or hypothetical"]]],
  ["Names", [["actors", "actors"], ["places", "places"], ["topics", "topics"]]],
];
const DEFAULT_ON = ["against", "for", "mixed", "event", "firm", "disputed", "denied", "actors", "places", "topics"];
const ALL_FILTERS = FILTERS.flatMap((g) => g[1].map((f) => f[0]));
const LIMIT = 6000; // names drawn at most: beyond it neither the eye nor the drawing follows
const DRAWN = 300; // more names than that go to the canvas, as dots
const OUTLETS = [...new Set(DATA.documents.map((d) => d[1]).filter(Boolean))].sort();
const TYPES = [...new Set(EVIDENCE.map((e) => e.t))].sort();
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const state = { on: new Set(DEFAULT_ON), all: false, node: -1, edge: null, item: -1, view: "network", from: "", to: "", outlet: "", type: "", article: 0 };

function passes(edge) {
  return state.on.has(edge.cls) && state.on.has(edge.firm) && [edge.a, edge.b].every((n) => state.on.has(FAMILY[NODES[n].kind] || "actors"));
}
function readAddress() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const on = hash.get("on");
  state.on = new Set(on === null ? DEFAULT_ON : on.split(" ").filter((f) => ALL_FILTERS.includes(f)));
  state.all = hash.get("show") === "all";
  state.view = VIEWS.some((v) => v[0] === hash.get("view")) ? hash.get("view") : "network";
  for (const name of ["from", "to"]) state[name] = DAY.test(hash.get(name) || "") ? hash.get(name) : "";
  state.outlet = OUTLETS.includes(hash.get("outlet")) ? hash.get("outlet") : "";
  state.type = TYPES.includes(hash.get("type")) ? hash.get("type") : "";
  state.article = Math.max(0, Math.min(DATA.documents.length - 1, Number(hash.get("article")) || 0));
  if (gathered !== [state.from, state.to, state.outlet, state.type].join("\n")) gather();
  state.item = ITEM.has(hash.get("item")) ? ITEM.get(hash.get("item")) : -1;
  state.node = NUMBER.has(hash.get("node")) ? NUMBER.get(hash.get("node")) : -1;
  state.edge = state.node < 0 ? EDGE.get(hash.get("edge")) || null : null;
}
function writeAddress() {
  const hash = new URLSearchParams();
  if (state.node >= 0) hash.set("node", NODES[state.node].id);
  if (state.edge) hash.set("edge", state.edge.id);
  if (state.item >= 0) hash.set("item", EVIDENCE[state.item].id);
  if (state.view !== "network") hash.set("view", state.view);
  for (const name of ["from", "to", "outlet", "type"]) if (state[name]) hash.set(name, state[name]);
  if (state.article) hash.set("article", state.article);
  if (state.all) hash.set("show", "all");
  const on = ALL_FILTERS.filter((f) => state.on.has(f)).join(" ");
  if (on !== ALL_FILTERS.filter((f) => DEFAULT_ON.includes(f)).join(" ")) hash.set("on", on);
  const text = hash.toString();
  if (location.hash.slice(1) === text) return;
  try { history.pushState(null, "", "#" + text); } catch { /* a sandboxed frame has no address to keep */ }
}
function change(values, focus) {
  Object.assign(state, values);
  if (gathered !== [state.from, state.to, state.outlet, state.type].join("\n")) { const edge = state.edge && state.edge.id; gather(); state.edge = EDGE.get(edge) || null; }
  writeAddress();
  update();
  if (focus) { showTab("evidence"); const h = $("panel-evidence").querySelector("h2"); if (h) h.focus(); }
}
const chooseNode = (n, focus) => change({ node: n, edge: null, item: -1 }, focus);
const chooseEdge = (e, focus) => change({ node: -1, edge: e, item: -1 }, focus);
const chooseItem = (i, focus) => change({ node: -1, edge: null, item: i }, focus);
function choosePair(a, b) {
  const found = EDGES.filter((e) => e.a === a && e.b === b && passes(e) && ["against", "for", "mixed"].includes(e.cls)).sort((p, q) => strength(q) - strength(p));
  if (found.length) chooseEdge(found[0], true); else chooseNode(a, true);
}

// ---- what is drawn: the strongest part of what passes, and always what is chosen -------------------------------------
function room() {
  const box = $("stage").getBoundingClientRect();
  return { width: Math.max(200, box.width), height: Math.max(200, box.height) };
}
function visiblePart() {
  const passing = EDGES.filter((e) => passes(e) && e.a !== e.b);
  const total = new Set(passing.flatMap((e) => [e.a, e.b])).size;
  const { width, height } = room();
  const usual = Math.max(9, Math.min(40, Math.round((width * height) / 17000))), most = state.all ? LIMIT : usual;
  const budget = state.all ? 4 * LIMIT : Math.round(1.7 * usual);
  let kept = passing;
  if (total > most || passing.length > budget) { // drop the weakest name again and again: what stays is connected with what stays
    const score = new Map(), at = new Map();
    for (const e of passing) for (const n of [e.a, e.b]) {
      score.set(n, (score.get(n) || 0) + strength(e));
      if (!at.has(n)) at.set(n, []);
      at.get(n).push(e);
    }
    if (total > 4000) {
      const best = new Set([...score].sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, most).map((s) => s[0]));
      kept = passing.filter((e) => best.has(e.a) && best.has(e.b));
      if (kept.length > budget) kept = kept.sort((x, y) => strength(y) - strength(x) || (x.id < y.id ? -1 : 1)).slice(0, budget);
    } else {
      const alive = new Set(score.keys());
      let left = passing.length;
      while (alive.size > most || (left > budget && alive.size > 8)) {
        let weakest = -1;
        for (const n of alive) if (weakest < 0 || score.get(n) < score.get(weakest) || (score.get(n) === score.get(weakest) && n > weakest)) weakest = n;
        alive.delete(weakest);
        for (const e of at.get(weakest)) { const other = e.a === weakest ? e.b : e.a; if (alive.has(other)) { left--; score.set(other, score.get(other) - strength(e)); } }
      }
      kept = passing.filter((e) => alive.has(e.a) && alive.has(e.b));
    }
  }
  const edges = new Set(kept);
  const nodes = new Set(kept.flatMap((e) => [e.a, e.b]));
  if (state.edge && state.edge.a !== state.edge.b) { edges.add(state.edge); nodes.add(state.edge.a); nodes.add(state.edge.b); }
  if (state.node >= 0) {
    nodes.add(state.node);
    const more = EDGES_AT[state.node].filter((e) => passes(e) && e.a !== e.b).sort((x, y) => strength(y) - strength(x));
    for (const e of more.slice(0, 24)) { nodes.add(e.a); nodes.add(e.b); }
  }
  for (const e of passing) if (nodes.has(e.a) && nodes.has(e.b)) edges.add(e);
  return { nodes: [...nodes].sort((x, y) => DEGREE[y] - DEGREE[x] || x - y), edges: [...edges], total, most: usual };
}

// ---- layout: forces, then labels are pushed apart; the same every time ----------------------------------------------
const POSITION = new Map(); // number of the node -> {x, y} in pixels at zoom 1
const ruler = document.createElement("canvas").getContext("2d");
const labelWidth = new Map();
function widthOf(text) {
  if (!labelWidth.has(text)) { ruler.font = '12.5px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'; labelWidth.set(text, ruler.measureText(text).width); }
  return labelWidth.get(text);
}
const nodeLabel = (n) => shorten(NODES[n].label, 26);
const radius = (n) => Math.min(19, 7 + 1.7 * Math.sqrt(DEGREE[n]));

function layout(part) {
  const { width, height } = room(), nodes = part.nodes, count = nodes.length;
  if (!count) return;
  const warm = nodes.filter((n) => POSITION.has(n)).length > count / 2;
  const index = new Map(nodes.map((n, i) => [n, i]));
  const x = new Float64Array(count), y = new Float64Array(count), fixed = nodes.map((n) => warm && POSITION.has(n));
  const aspect = width / height;
  nodes.forEach((n, i) => {
    if (fixed[i]) { x[i] = (POSITION.get(n).x - width / 2) / Math.sqrt(aspect); y[i] = (POSITION.get(n).y - height / 2) * Math.sqrt(aspect); return; }
    const angle = i * 2.399963, far = 26 * Math.sqrt(i + 0.5); // sunflower: no two at one place
    x[i] = Math.cos(angle) * far; y[i] = Math.sin(angle) * far;
  });
  const pairs = new Map();
  for (const e of part.edges) {
    const a = index.get(e.a), b = index.get(e.b), key = a < b ? a * count + b : b * count + a;
    pairs.set(key, (pairs.get(key) || 0) + Math.min(3, strength(e)));
  }
  const springs = [...pairs].map(([key, w]) => [Math.floor(key / count), key % count, Math.min(2, 0.6 + 0.25 * w)]);
  const ideal = Math.sqrt((width * height) / Math.max(4, count)) * 0.8;
  const rounds = Math.max(40, Math.min(420, Math.round(4e7 / (count * count))));
  const dx = new Float64Array(count), dy = new Float64Array(count);
  for (let round = 0; round < rounds; round++) {
    const heat = ideal * (warm ? 0.25 : 0.9) * (1 - round / rounds) + 0.5;
    dx.fill(0); dy.fill(0);
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) {
      const ex = x[i] - x[j], ey = y[i] - y[j], d2 = Math.max(1, ex * ex + ey * ey), f = (ideal * ideal) / d2;
      dx[i] += ex * f; dy[i] += ey * f; dx[j] -= ex * f; dy[j] -= ey * f;
    }
    for (const [a, b, w] of springs) {
      const ex = x[a] - x[b], ey = y[a] - y[b], d = Math.sqrt(ex * ex + ey * ey) || 1, f = (d / ideal) * w;
      dx[a] -= ex * f; dy[a] -= ey * f; dx[b] += ex * f; dy[b] += ey * f;
    }
    for (let i = 0; i < count; i++) {
      dx[i] -= x[i] * 0.9; dy[i] -= y[i] * 0.9;
      if (fixed[i] && round < rounds - 10) continue;
      const d = Math.sqrt(dx[i] * dx[i] + dy[i] * dy[i]) || 1, step = Math.min(d, fixed[i] ? 1 : heat);
      x[i] += (dx[i] / d) * step; y[i] += (dy[i] / d) * step;
    }
  }
  spread(nodes, x, y, width, height, springs, Math.min(118, ideal * 0.8));
}
// Stretches the drawing over the stage and pushes apart what overlaps: circles with the labels below them.
function spread(nodes, x, y, width, height, springs, longEnough) {
  const count = nodes.length, left = 12, top = 16, low = 16;
  const gap = Math.max(3, Math.min(22, Math.sqrt((width * height) / Math.max(1, count)) * 0.11)); // air, as much as there is room
  const half = nodes.map((n) => Math.max(radius(n), widthOf(nodeLabel(n)) / 2) + gap);
  const span = (v) => { let lo = Infinity, hi = -Infinity; for (const s of v) { lo = Math.min(lo, s); hi = Math.max(hi, s); } return [lo, hi]; };
  const [x0, x1] = span(x), [y0, y1] = span(y), crowd = Math.max(1, Math.sqrt(count / 60));
  const wide = width * crowd, high = height * crowd;
  const inner = [left + 60, wide - left - 60, top + 14, high - low - 14];
  for (let i = 0; i < count; i++) {
    x[i] = x1 - x0 < 1 ? wide / 2 : inner[0] + ((x[i] - x0) / (x1 - x0)) * (inner[1] - inner[0]);
    y[i] = y1 - y0 < 1 ? high / 2 : inner[2] + ((y[i] - y0) / (y1 - y0)) * (inner[3] - inner[2]);
  }
  const up = nodes.map((n) => radius(n) + gap), down = nodes.map((n) => radius(n) + 20 + gap);
  for (let round = 0; round < (count > 400 ? 30 : 260); round++) {
    let moved = false;
    for (const [a, b] of springs) { // a link needs room for its arrow and its sign
      const ex = x[a] - x[b], ey = (y[a] - y[b]) || 1, d = Math.sqrt(ex * ex + ey * ey), less = longEnough - d;
      if (less <= 1 || round > 200) continue;
      x[a] += (ex / d) * less * 0.2; y[a] += (ey / d) * less * 0.2; x[b] -= (ex / d) * less * 0.2; y[b] -= (ey / d) * less * 0.2;
      moved = true;
    }
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) {
      const ox = half[i] + half[j] - Math.abs(x[i] - x[j]);
      if (ox <= 0) continue;
      const upper = y[i] <= y[j] ? i : j, lower = upper === i ? j : i;
      const oy = y[upper] + down[upper] - (y[lower] - up[lower]);
      if (oy <= 0) continue;
      moved = true;
      if (oy < ox) { y[upper] -= oy * 0.3 + 0.1; y[lower] += oy * 0.3 + 0.1; }
      else { const s = x[i] < x[j] || (x[i] === x[j] && i < j) ? 1 : -1; x[i] -= s * (ox * 0.3 + 0.1); x[j] += s * (ox * 0.3 + 0.1); }
    }
    for (let i = 0; i < count; i++) {
      x[i] = Math.min(wide - left - half[i], Math.max(left + half[i], x[i]));
      y[i] = Math.min(high - low - 4, Math.max(top + up[i], y[i]));
    }
    if (!moved) break;
  }
  nodes.forEach((n, i) => POSITION.set(n, { x: x[i], y: y[i] }));
}

// ---- drawing ----------------------------------------------------------------------------------------------------------
const drawing = $("drawing"), layerEdges = svg("g"), layerNodes = svg("g"), layerNames = svg("g", { "aria-hidden": "true" });
drawing.append(layerEdges, layerNodes, layerNames);
const view = { k: 1, x: 0, y: 0 };
let part = { nodes: [], edges: [], total: 0, most: 0 }, drawnNodes = new Map(), drawnEdges = [], hovered = -1;

function shapeOf(kind, r) {
  const polygon = (points) => svg("polygon", { points: points.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" "), class: "shape" });
  if (kind === "State" || kind === "Organization") return svg("rect", { x: -r * 0.9, y: -r * 0.9, width: r * 1.8, height: r * 1.8, rx: kind === "State" ? 1 : 5, class: "shape" });
  if (kind === "Group") return polygon([[0, -r * 1.15], [r * 1.15, 0], [0, r * 1.15], [-r * 1.15, 0]]);
  if (kind === "Place" || kind === "City") return polygon([[0, -r], [r * 1.05, r * 0.85], [-r * 1.05, r * 0.85]]);
  if (kind === "Topic") return polygon([0, 1, 2, 3, 4, 5].map((i) => [r * Math.cos((i * Math.PI) / 3), r * Math.sin((i * Math.PI) / 3)]));
  return svg("circle", { r, class: "shape" });
}
const canvas = $("crowd");
let crowded = false, settled = true;
const colours = () => { const style = getComputedStyle(document.documentElement), out = {}; for (const name of ["against", "for", "mixed", "event", "said", "tie", "accent", "ground", "ink", "person", "state", "organization", "group", "place", "topic", "unknown"]) out[name] = style.getPropertyValue("--" + name).trim(); out.city = out.place; return out; };
let paint = null;
const many = crowd(canvas, {
  placed: (moving) => { settled = !moving; frameCrowd(); drawCrowd(); }, style: () => (paint ||= colours()), kind: (n) => NODES[n].kind, degree: (n) => DEGREE[n], label: (n) => nodeLabel(n), widthOf,
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { paint = null; if (crowded) drawCrowd(); });
let framed = true, asked = 0, painted = null, pause = 0;
function frameCrowd() { // until somebody moves it, the drawing fits the stage while it settles
  if (!framed) return;
  const { width, height } = room();
  let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
  for (const n of part.nodes) { const p = POSITION.get(n); if (!p) continue; x0 = Math.min(x0, p.x); x1 = Math.max(x1, p.x); y0 = Math.min(y0, p.y); y1 = Math.max(y1, p.y); }
  view.k = Math.max(0.05, Math.min(2, Math.min((width - 60) / (x1 - x0 || 1), (height - 60) / (y1 - y0 || 1))));
  view.x = (width - (x0 + x1) * view.k) / 2; view.y = (height - (y0 + y1) * view.k) / 2;
}
// While it is moved, the picture there is slides and scales; it is drawn anew when the movement rests.
function slideCrowd() {
  if (!painted) { drawCrowd(); return; }
  const f = view.k / painted.k;
  canvas.style.transform = `translate(${view.x - painted.x * f}px, ${view.y - painted.y * f}px) scale(${f})`;
  clearTimeout(pause);
  pause = setTimeout(() => { pause = 0; drawCrowd(); }, 160);
}
function drawCrowd() {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => {
    if (pause) return;
    canvas.style.transform = "none";
    painted = { ...view };
    const { width, height } = room(), centre = hovered >= 0 ? hovered : state.node;
    many.draw(view, width, height, { centre, edge: state.edge, some: centre >= 0 || !!state.edge, nodes: [centre, ...(state.edge ? [state.edge.a, state.edge.b] : [])].filter((n) => n >= 0) });
  });
}
function draw() {
  for (const layer of [layerEdges, layerNodes, layerNames]) layer.replaceChildren();
  drawnNodes = new Map(); drawnEdges = [];
  if (crowded) { drawCrowd(); return; }
  const fans = new Map();
  for (const e of part.edges) {
    const key = Math.min(e.a, e.b) + "|" + Math.max(e.a, e.b);
    if (!fans.has(key)) fans.set(key, []);
    fans.get(key).push(e);
  }
  for (const fan of fans.values()) {
    fan.sort((p, q) => (p.id < q.id ? -1 : 1));
    fan.forEach((e, i) => {
      const group = svg("g", { class: `edge ${e.cls} ${e.firm}` });
      const stroke = svg("path", { class: "stroke", "stroke-width": Math.min(7, 1.3 + 1.2 * Math.log2(1 + e.items.length)).toFixed(2) });
      const hit = svg("path", { class: "hit" }), head = svg("path", { class: "head" });
      hit.append(svg("title", null, `${visible(NODES[e.a].label)} ${e.two ? "–" : "→"} ${visible(NODES[e.b].label)}: ${labelOf(e)}`));
      hit.addEventListener("click", (event) => { event.stopPropagation(); chooseEdge(e); });
      group.append(hit, stroke);
      if (!e.two) group.append(head);
      const sign = FIRM_SIGN[e.firm] || (e.cls === "event" || e.cls === "said" || e.cls === "tie" ? "" : SIGN[e.cls]);
      const badge = sign ? svg("g", { class: "badge" }, svg("circle", { r: 8 }), svg("text", { class: "sign", y: 4.5 }, sign)) : null;
      const label = svg("text", null, labelOf(e));
      if (badge) group.append(badge);
      group.append(label);
      layerEdges.append(group);
      drawnEdges.push({ e, group, stroke, hit, head, badge, label, offset: (i - (fan.length - 1) / 2) * 32 * (e.a < e.b ? 1 : -1) });
    });
  }
  for (const n of part.nodes) {
    const node = NODES[n], r = radius(n);
    const name = `${visible(node.label)}, ${node.kind}, ${plural(EDGES_AT[n].length, "link")}`;
    const text = svg("text", { class: "name" }, nodeLabel(n)), shape = shapeOf(node.kind, r);
    const group = svg("g", { class: `node ${KINDS.has(node.kind) ? node.kind : "Unknown"}`, tabindex: 0, role: "button", "aria-label": name }, shape);
    group.append(svg("title", null, name));
    group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); chooseNode(n, true); } });
    group.addEventListener("pointerenter", () => { hovered = n; mark(); });
    group.addEventListener("pointerleave", () => { hovered = -1; mark(); });
    group.addEventListener("focus", () => { hovered = n; mark(); });
    group.addEventListener("blur", () => { hovered = -1; mark(); });
    group.addEventListener("pointerdown", (event) => startDrag(event, n));
    layerNodes.append(group);
    layerNames.append(text);
    drawnNodes.set(n, { group, text, shape });
  }
  place();
  mark();
}
const KINDS = new Set(["Person", "Organization", "State", "Group", "Place", "City", "Topic"]);
const size = () => Math.max(0.35, Math.min(1, Math.pow(view.k, 0.7))); // of the shapes: smaller when zoomed far out
const drawnRadius = (n) => radius(n) * size();
const at = (n) => { const p = POSITION.get(n); return { x: p.x * view.k + view.x, y: p.y * view.k + view.y }; };

function place() {
  if (crowded) { slideCrowd(); return; }
  const boxes = uncoverNames();
  for (const [n, d] of drawnNodes) {
    const p = at(n);
    d.group.setAttribute("transform", `translate(${p.x.toFixed(1)} ${p.y.toFixed(1)})`);
    d.shape.setAttribute("transform", `scale(${size().toFixed(3)})`);
    d.text.setAttribute("x", p.x.toFixed(1));
    d.text.setAttribute("y", (p.y + drawnRadius(n) + 15).toFixed(1));
  }
  drawing.classList.toggle("far", view.k < 0.55);
  for (const d of drawnEdges) {
    const a = at(d.e.a), b = at(d.e.b), dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy) || 1;
    const nx = -dy / length, ny = dx / length, bend = d.offset * Math.min(1.2, length / 150);
    const c = { x: (a.x + b.x) / 2 + nx * bend * 1.6, y: (a.y + b.y) / 2 + ny * bend * 1.6 };
    const cut = (n, from, more) => { // a point on the way to c, outside the shape and outside the label below it
      const l = Math.hypot(c.x - from.x, c.y - from.y) || 1, ux = (c.x - from.x) / l, uy = (c.y - from.y) / l;
      let away = drawnRadius(n) + 3;
      if (drawnNodes.get(n).label && uy > 0) {
        const half = widthOf(nodeLabel(n)) / 2 + 3, below = drawnRadius(n) + 20;
        if (Math.abs(ux) * (drawnRadius(n) + 4) < uy * half) away = Math.max(away, Math.min(below / uy, half / (Math.abs(ux) || 1e-9)));
      }
      away = Math.min(away, l * 0.8) + more;
      return { x: from.x + ux * away, y: from.y + uy * away };
    };
    const s = cut(d.e.a, a, 0), t = cut(d.e.b, b, d.e.two ? 0 : 8), tip = cut(d.e.b, b, 0);
    const path = `M${s.x.toFixed(1)} ${s.y.toFixed(1)}Q${c.x.toFixed(1)} ${c.y.toFixed(1)} ${t.x.toFixed(1)} ${t.y.toFixed(1)}`;
    d.stroke.setAttribute("d", path); d.hit.setAttribute("d", path);
    const l = Math.hypot(tip.x - t.x, tip.y - t.y) || 1, ux = (tip.x - t.x) / l, uy = (tip.y - t.y) / l;
    if (!d.e.two) d.head.setAttribute("d", `M${(tip.x + ux).toFixed(1)} ${(tip.y + uy).toFixed(1)}L${(t.x - uy * 5.5 - ux * 2).toFixed(1)} ${(t.y + ux * 5.5 - uy * 2).toFixed(1)}L${(t.x + uy * 5.5 - ux * 2).toFixed(1)} ${(t.y - ux * 5.5 - uy * 2).toFixed(1)}Z`);
    const along = (f) => ({ x: (1 - f) * (1 - f) * s.x + 2 * f * (1 - f) * c.x + f * f * t.x, y: (1 - f) * (1 - f) * s.y + 2 * f * (1 - f) * c.y + f * f * t.y });
    const spots = [[0.5, 0], [0.42, 0], [0.58, 0], [0.34, 0], [0.66, 0], [0.26, 0], [0.74, 0], [0.5, 12], [0.5, -12], [0.36, 12], [0.64, -12], [0.36, -12], [0.64, 12], [0.18, 0], [0.82, 0]]
      .map(([f, aside]) => { const m = along(f); return { x: m.x + nx * aside, y: m.y + ny * aside }; });
    const box = (m) => (d.badge ? [m.x - 9, m.y - 9, m.x + 9, m.y + 9] : [m.x - 12, m.y - 6, m.x + 12, m.y + 6]);
    const found = spots.find((m) => boxes.free(box(m)));
    d.middle = found || spots[0];
    if (d.badge) d.badge.setAttribute("display", found || d.e === state.edge ? "inline" : "none"); // no room: the arrow's colour and its words stay
    if (d.badge && found && view.k >= 0.55) boxes.take(box(d.middle));
    d.length = length;
    if (d.badge) d.badge.setAttribute("transform", `translate(${d.middle.x.toFixed(1)} ${d.middle.y.toFixed(1)})`);
    d.label.setAttribute("x", d.middle.x.toFixed(1));
    d.label.setAttribute("y", (d.middle.y + (d.badge ? 20 : 4)).toFixed(1));
  }
  uncoverLinks(boxes);
}
// Labels in order of weight; one that would lie on a node, a badge or another label stays away until there is room.
function boxesOf() {
  const cell = 96, grid = new Map();
  const cells = (b, act) => { for (let i = Math.floor(b[0] / cell); i <= Math.floor(b[2] / cell); i++) for (let j = Math.floor(b[1] / cell); j <= Math.floor(b[3] / cell); j++) if (act(i + "," + j)) return true; return false; };
  return {
    take: (b) => cells(b, (key) => { if (!grid.has(key)) grid.set(key, []); grid.get(key).push(b); return false; }),
    free: (b, own) => !cells(b, (key) => (grid.get(key) || []).some((o) => o !== own && b[0] < o[2] && o[0] < b[2] && b[1] < o[3] && o[1] < b[3])),
  };
}
function uncoverNames() {
  const boxes = boxesOf(), names = boxesOf(), own = new Map();
  for (const n of part.nodes) { const p = at(n), r = drawnRadius(n), box = [p.x - r, p.y - r, p.x + r, p.y + r]; own.set(n, box); boxes.take(box); }
  const first = (n) => (n === hovered || n === state.node || (state.edge && (n === state.edge.a || n === state.edge.b)) ? 0 : 1);
  let place = 0; // the best connected names may cover lesser shapes, never another name
  for (const n of [...part.nodes].sort((p, q) => first(p) - first(q))) {
    const p = at(n), w = widthOf(nodeLabel(n)) / 2 + 3, r = drawnRadius(n), box = [p.x - w, p.y + r + 3, p.x + w, p.y + r + 19], d = drawnNodes.get(n);
    d.label = first(n) === 0 || (place < 14 ? names.free(box) : boxes.free(box, own.get(n)));
    if (d.label) { boxes.take(box); names.take(box); }
    place++;
    d.text.setAttribute("display", d.label ? "inline" : "none");
  }
  return boxes;
}
function uncoverLinks(boxes) {
  const order = [...drawnEdges].sort((p, q) => (q.e === state.edge) - (p.e === state.edge) || strength(q.e) - strength(p.e) || (p.e.id < q.e.id ? -1 : 1));
  for (const d of order) {
    const w = widthOf(labelOf(d.e)) * 0.45 + 2, y = d.middle.y + (d.badge ? 20 : 4), box = [d.middle.x - w, y - 10, d.middle.x + w, y + 3];
    const shown = d.length > 2 * w * 0.7 && !(d.badge && d.e.cls !== "event" && d.e.firm === "firm") && boxes.free(box);
    if (shown) boxes.take(box);
    d.label.setAttribute("display", shown ? "inline" : "none");
  }
}
function mark() {
  if (crowded) { drawCrowd(); return; }
  const centre = hovered >= 0 ? hovered : state.node;
  const near = new Set();
  if (centre >= 0) { near.add(centre); for (const d of drawnEdges) if (d.e.a === centre || d.e.b === centre) { near.add(d.e.a); near.add(d.e.b); } }
  else if (state.edge) { near.add(state.edge.a); near.add(state.edge.b); }
  for (const [n, d] of drawnNodes) { for (const part of [d.group, d.text]) { part.classList.toggle("dim", near.size > 0 && !near.has(n)); part.classList.toggle("chosen", n === state.node); } }
  for (const d of drawnEdges) {
    const on = centre >= 0 ? d.e.a === centre || d.e.b === centre : !state.edge || d.e === state.edge;
    d.group.classList.toggle("dim", !on); d.group.classList.toggle("chosen", d.e === state.edge);
  }
}

// ---- moving, zooming, dragging ----------------------------------------------------------------------------------------
function zoom(factor, cx, cy) {
  framed = false;
  const k = Math.max(crowded ? 0.03 : 0.15, Math.min(8, view.k * factor)), f = k / view.k;
  view.x = cx - (cx - view.x) * f; view.y = cy - (cy - view.y) * f; view.k = k;
  place();
}
function fit() {
  const { width, height } = room();
  if (!part.nodes.length || state.view !== "network") return;
  if (crowded) { framed = true; frameCrowd(); drawCrowd(); return; }
  let k = 1.15, x0, x1, y0, y1;
  for (let i = 0; i < 12; i++) { // shapes and labels keep their size while positions shrink: a few steps find the zoom
    x0 = y0 = Infinity; x1 = y1 = -Infinity;
    for (const n of part.nodes) {
      const p = POSITION.get(n), w = Math.max(radius(n), widthOf(nodeLabel(n)) / 2) + 4;
      x0 = Math.min(x0, p.x * k - w); x1 = Math.max(x1, p.x * k + w); y0 = Math.min(y0, p.y * k - radius(n) - 18); y1 = Math.max(y1, p.y * k + radius(n) + 22);
    }
    const f = Math.min((width - 8) / (x1 - x0), (height - 4) / (y1 - y0));
    if (f >= 1) break;
    k = Math.max(0.15, k * f);
  }
  view.k = k; view.x = (width - x0 - x1) / 2; view.y = (height - y0 - y1) / 2;
  place();
}
const fingers = new Map();
let drag = null;
function point(event) { const box = drawing.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top }; }
function startDrag(event, n) {
  if (event.button > 0) return;
  drag = { n, at: point(event), moved: false };
}
drawing.addEventListener("pointerdown", (event) => {
  if (event.button > 0) return;
  fingers.set(event.pointerId, point(event));
  if (!drag || fingers.size > 1) drag = { n: -1, at: point(event), moved: fingers.size > 1 };
});
window.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) return;
  const p = point(event), before = fingers.get(event.pointerId);
  if (fingers.size === 2) {
    const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
    const was = Math.hypot(before.x - other.x, before.y - other.y) || 1, now = Math.hypot(p.x - other.x, p.y - other.y) || 1;
    zoom(now / was, (p.x + other.x) / 2, (p.y + other.y) / 2);
  } else if (drag && (drag.moved || Math.hypot(p.x - drag.at.x, p.y - drag.at.y) > 5)) {
    drag.moved = true;
    drawing.classList.add("moving");
    if (drag.n >= 0) { const q = POSITION.get(drag.n); q.x += (p.x - before.x) / view.k; q.y += (p.y - before.y) / view.k; }
    else { framed = false; view.x += p.x - before.x; view.y += p.y - before.y; }
    place();
  }
  fingers.set(event.pointerId, p);
});
function lift(event) {
  if (!fingers.delete(event.pointerId)) return;
  drawing.classList.remove("moving");
  if (fingers.size) return;
  const ended = drag;
  drag = null;
  if (!ended || !(ended.moved || ended.n >= 0)) return;
  spent = true; // the click that follows belongs to this gesture
  setTimeout(() => { spent = false; }, 50);
  if (event.type === "pointerup" && !ended.moved) chooseNode(ended.n);
}
let spent = false;
drawing.addEventListener("click", (event) => { if (spent) event.stopImmediatePropagation(); spent = false; }, { capture: true });
window.addEventListener("pointerup", lift);
window.addEventListener("pointercancel", lift);
drawing.addEventListener("click", (event) => {
  const p = point(event), found = crowded ? many.find(p.x, p.y, view) : null;
  if (found !== null) chooseNode(found);
  else if (event.target === drawing && (state.node >= 0 || state.edge || state.item >= 0)) change({ node: -1, edge: null, item: -1 });
});
drawing.addEventListener("pointermove", (event) => {
  if (!crowded || fingers.size) return;
  const p = point(event), found = many.find(p.x, p.y, view) ?? -1;
  if (found !== hovered) { hovered = found; drawCrowd(); }
});
drawing.addEventListener("wheel", (event) => { event.preventDefault(); const p = point(event); zoom(Math.exp(-event.deltaY * 0.0015), p.x, p.y); }, { passive: false });
drawing.addEventListener("keydown", (event) => {
  const { width, height } = room(), step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (step) { framed = false; view.x += step[0]; view.y += step[1]; place(); }
  else if (event.key === "+" || event.key === "=") zoom(1.25, width / 2, height / 2);
  else if (event.key === "-") zoom(0.8, width / 2, height / 2);
  else if (event.key === "0") fit();
  else if (event.key === "Escape") change({ node: -1, edge: null, item: -1 });
  else return;
  event.preventDefault();
});
$("zoom-in").addEventListener("click", () => zoom(1.3, room().width / 2, room().height / 2));
$("zoom-out").addEventListener("click", () => zoom(1 / 1.3, room().width / 2, room().height / 2));
$("fit").addEventListener("click", fit);

// ---- evidence -----------------------------------------------------------------------------------------------------------
function sentence(item) {
  const [, text, left, right] = DATA.sentences[item.s];
  const cuts = new Set([0, text.length]);
  for (const [b, e] of item.m || []) { cuts.add(b); cuts.add(e); }
  const edges = [...cuts].sort((p, q) => p - q), box = el("blockquote", { class: "text", dir: "auto" });
  if (left) box.append(el("span", { "aria-hidden": "true", class: "dots" }));
  for (let i = 0; i + 1 < edges.length; i++) {
    const [b, e] = [edges[i], edges[i + 1]];
    const levels = (item.m || []).filter((m) => m[0] <= b && e <= m[1]).map((m) => m[2]);
    const target = levels.length ? el("mark", { class: levels.includes(1) ? "cue" : null }) : box;
    let done = b;
    for (const match of text.slice(b, e).matchAll(CONTROLS)) {
      target.append(text.slice(done, b + match.index));
      target.append(el("span", { class: "control", "data-code": "U+" + match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0") }, match[0]));
      done = b + match.index + match[0].length;
    }
    target.append(text.slice(done, e));
    if (target !== box) box.append(target);
  }
  if (right) box.append(el("span", { "aria-hidden": "true", class: "dots" }));
  return box;
}
const nameButton = (n) => el("button", { type: "button", class: "link", onclick: () => chooseNode(n, true) }, bdi(NODES[n].label));
const ROLE_WORD = { recipient: "to", theme: "concerning", place: "at", instrument: "with", about: "about", addressee: "told to", aspect: "in respect of", target: "toward" };
function who(item) {
  const line = el("p", { class: "who" });
  let last = null;
  for (const [role, n] of item.r || []) {
    if (last !== null) line.append(role === last ? ", " : " · ");
    if (role !== last && ROLE_WORD[role]) line.append(el("small", null, ROLE_WORD[role] + " "));
    line.append(nameButton(n));
    last = role;
  }
  return line;
}
const STATUS_SIGN = { Reported: "✓", Claimed: "“", Disputed: "≠", Denied: "✕", Expected: "…", Hypothetical: "?" };
function card(number) {
  const item = EVIDENCE[number], cls = classOf(item), firm = item.k === "said" ? "firm" : FIRM[item.st] || "open";
  const [headline, publisher, published, address] = DATA.documents[DATA.sentences[item.s][0]];
  const kind = item.k === "stance" ? `${SIGN[cls]} ${CLASS_WORD[cls]} · ${item.t}` : item.k === "said" ? `said · ${item.t}` : item.mode ? `${item.t} · ${item.mode}` : item.t;
  const chips = el("div", { class: "chips" }, el("span", { class: `chip ${cls}`, title: item.k === "event" ? "PLOVER event type" : null }, visible(kind)));
  if (item.k !== "said") chips.append(el("span", { class: `chip ${firm}` }, `${STATUS_SIGN[item.st] || ""} ${item.st}`));
  if (item.v !== undefined) chips.append(el("span", { title: "from −1, against, to +1, for" }, `score ${String(item.v).replace("-", "−")}`));
  const from = el("p", { class: "from" });
  from.append(bdi(headline ? shorten(headline, 120) : "Untitled article"));
  const rest = [publisher ? shorten(publisher, 60) : "", published ? "published " + visible(published) : "undated", item.d ? "about " + visible(item.d) : ""].filter(Boolean);
  from.append(" — " + rest.join(", "));
  from.append(`, confidence ${item.c}`);
  if (item.cameo) from.append(`, CAMEO ${visible(item.cameo)}`);
  from.append(" ", el("button", { type: "button", class: "link", onclick: () => change({ view: "article", article: DATA.sentences[item.s][0], item: number, node: -1, edge: null }) }, "in its text"));
  if (/^https?:\/\//i.test(address)) from.append(" ", el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "article"));
  return el("article", { class: `${cls} ${firm}`, "data-record": item.id }, chips, who(item), sentence(item), el("p", { class: "words" }, visible(item.w)), from);
}
function cards(numbers, parent, first) {
  const rest = numbers.slice(first);
  for (const n of numbers.slice(0, first)) parent.append(card(n));
  if (!rest.length) return;
  const more = el("button", { type: "button", class: "more", onclick: () => { more.remove(); cards(rest, parent, 50); } }, `Show ${plural(Math.min(50, rest.length), "more sentence")}`);
  parent.append(more);
}
function edgeRow(e, from) {
  const other = e.a === from ? e.b : e.a;
  const sign = el("span", { class: `key ${e.cls}`, "aria-hidden": "true" }, FIRM_SIGN[e.firm] || SIGN[e.cls]);
  return el("button", { type: "button", class: "row", onclick: () => chooseEdge(e, true) }, sign, " ",
    from === undefined ? bdi(NODES[e.a].label) : null, from === undefined ? ` ${e.two ? "–" : "→"} ` : null,
    from === undefined ? bdi(NODES[e.b].label) : bdi(NODES[other].label), ": " + labelOf(e), " ", el("small", null, e.items.length > 1 ? `${e.items.length}×` : ""));
}
function showEdge(panel, e) {
  const h = el("h2", { tabindex: -1 }, nameButton(e.a), e.two ? " – " : " → ", nameButton(e.b));
  fill(panel, h, el("p", { class: "about" }, `${labelOf(e)} · ${e.cls === "tie" ? "known about the names, not read from a sentence" : plural(e.items.length, "sentence")}`));
  const list = el("div", null);
  cards(e.items, list, 20);
  panel.append(list);
  const others = EDGES.filter((o) => o !== e && ((o.a === e.a && o.b === e.b) || (o.a === e.b && o.b === e.a)));
  if (others.length) panel.append(el("h3", null, "Also between these two"), ...others.map((o) => edgeRow(o)));
}
const GROUPS = [
  ["Stances toward it", (r, k) => k === "stance" && r !== "holder"], ["Stances it holds", (r, k) => k === "stance" && r === "holder"],
  ["Events", (r, k) => k === "event"], ["What it says", (r, k) => k === "said" && r === "source"], ["Said about it or to it", (r, k) => k === "said" && r !== "source"],
];
function showNode(panel, n) {
  const node = NODES[n], h = el("h2", { tabindex: -1, dir: "auto" }, visible(node.label));
  const facts = el("p", { class: "about" }, `${node.kind} · ${plural(node.mentions || 0, "mention")} in ${plural((node.documents || []).length, "article")}`);
  if (node.qid && /^Q[1-9][0-9]{0,11}$/.test(node.qid)) facts.append(" · ", el("a", { href: "https://www.wikidata.org/wiki/" + node.qid, target: "_blank", rel: "noopener noreferrer" }, "Wikidata " + node.qid));
  fill(panel, h, facts);
  if (node.aliases) panel.append(el("p", { class: "about" }, "Also: " + node.aliases.slice(0, 12).map((a) => shorten(a, 60)).join(", ")));
  const ties = DATA.links.filter((l) => l[2] < 0 && (l[0] === n || l[1] === n)).slice(0, 30);
  for (const [a, b, , role] of ties) {
    const word = { affiliation: ["affiliated with ", " is affiliated with it"], within: ["lies in ", " lies in it"], territory: ["its land is ", " has it as its land"] }[role] || [role + " ", " " + role];
    panel.append(el("p", { class: "about" }, ...(a === n ? [word[0], nameButton(b)] : [nameButton(a), word[1]])));
  }
  for (const [title, belongs] of GROUPS) {
    const found = EVIDENCE_AT[n].filter((i) => EVIDENCE[i].r.some((r) => r[1] === n && belongs(r[0], EVIDENCE[i].k)));
    if (!found.length) continue;
    const list = el("div", null);
    cards(found, list, 8);
    panel.append(el("h3", null, `${title} (${found.length})`), list);
  }
  if (!EVIDENCE_AT[n].length) panel.append(el("p", { class: "about" }, "It is mentioned, and nothing was read about it."));
}
function showItem(panel, i) {
  const item = EVIDENCE[i], document_ = DATA.sentences[item.s][0];
  fill(panel, el("h2", { tabindex: -1 }, item.k === "event" ? visible(item.t) : item.k === "said" ? "Said" : "Stance"), card(i),
    el("p", { class: "about" }, el("button", { type: "button", class: "link", onclick: () => change({ view: "article", article: document_ }) }, "Show it in its article")));
  const same = EVIDENCE.flatMap((e, n) => (n !== i && e.s === item.s ? [n] : []));
  if (same.length) { const list = el("div", null); cards(same, list, 6); panel.append(el("h3", null, `Also in this sentence (${same.length})`), list); }
  const told = item.h === undefined ? [] : EVIDENCE.flatMap((e, n) => (n !== i && e.h === item.h && e.s !== item.s ? [n] : []));
  if (told.length) { const list = el("div", null); cards(told, list, 6); panel.append(el("h3", null, `Told elsewhere (${told.length})`), list); }
}
function showOverview(panel) {
  if (!NODES.length) { fill(panel, el("h2", { tabindex: -1 }, "Nothing to show"), el("p", { class: "about" }, "No actor, place or topic was found in the articles.")); return; }
  fill(panel, el("h2", { tabindex: -1 }, "Choose a name or a link"), el("p", { class: "about" }, "Each link opens the sentence it was read from, who says so, and whether it is stated, denied or only supposed. A link is what a text says, not what happened."));
  const best = EDGES.filter(passes).filter((e) => e.cls !== "said" && e.cls !== "tie").sort((p, q) => strength(q) - strength(p) || (p.id < q.id ? -1 : 1)).slice(0, 14);
  if (best.length) panel.append(el("h3", null, "Strongest links"), ...best.map((e) => edgeRow(e)));
  panel.append(el("h3", null, "Most connected"), ...[...NODES.keys()].sort((p, q) => DEGREE[q] - DEGREE[p] || p - q).slice(0, 8).map((n) =>
    el("button", { type: "button", class: "row", onclick: () => chooseNode(n, true) }, bdi(NODES[n].label), " ", el("small", null, `${NODES[n].kind}, ${EVIDENCE_AT[n].length}`))));
}

// ---- lists: the same as text, for keyboard and screen reader -----------------------------------------------------------
function table(panel, heads, rows, empty) {
  if (!rows.length) { fill(panel, el("p", { class: "about" }, empty)); return; }
  const body = el("tbody");
  const add = (from) => rows.slice(from, from + 200).forEach((r) => body.append(r()));
  const whole = el("table", null, el("thead", null, el("tr", null, ...heads.map((h) => el("th", { scope: "col", class: h === "n" ? "number" : null }, h)))), body);
  let shown = 200;
  const more = rows.length > shown ? el("button", { type: "button", class: "more", onclick: () => { add(shown); shown += 200; if (shown >= rows.length) more.remove(); } }, `Show more of ${plural(rows.length, "row")}`) : null;
  add(0);
  fill(panel, whole, more);
}
function showLists() {
  const links = EDGES.filter(passes).sort((p, q) => strength(q) - strength(p) || (p.id < q.id ? -1 : 1));
  table($("panel-links"), ["From", "Link", "To", "n"], links.map((e) => () => el("tr", null, el("td", null, nameButton(e.a)),
    el("td", null, el("span", { class: `key ${e.cls}`, "aria-hidden": "true" }, FIRM_SIGN[e.firm] || SIGN[e.cls]), " ", el("button", { type: "button", class: "link", onclick: () => chooseEdge(e, true) }, labelOf(e))),
    el("td", null, nameButton(e.b)), el("td", { class: "number" }, String(e.items.length || "")))), "No link passes the filters.");
  const names = [...NODES.keys()].sort((p, q) => EVIDENCE_AT[q].length - EVIDENCE_AT[p].length || (NODES[p].label < NODES[q].label ? -1 : 1));
  table($("panel-names"), ["Name", "Kind", "n"], names.map((n) => () => el("tr", null, el("td", null, nameButton(n)), el("td", null, NODES[n].kind), el("td", { class: "number" }, String(EVIDENCE_AT[n].length || "")))), "No name was found.");
}
const TABS = ["evidence", "links", "names"];
function showTab(name) {
  for (const t of TABS) {
    $("tab-" + t).setAttribute("aria-selected", String(t === name));
    $("tab-" + t).tabIndex = t === name ? 0 : -1;
    $("panel-" + t).hidden = t !== name;
  }
}
TABS.forEach((t, i) => {
  $("tab-" + t).addEventListener("click", () => showTab(t));
  $("tab-" + t).addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { const next = TABS[(i + step + TABS.length) % TABS.length]; showTab(next); $("tab-" + next).focus(); }
  });
});

// ---- filters, which are the legend too ----------------------------------------------------------------------------------
function swatch(name) {
  const box = svg("svg", { width: 30, height: 16, viewBox: "0 0 30 16", "aria-hidden": "true" });
  const kinds = { actors: ["Person", "State", "Group"], places: ["Place"], topics: ["Topic"] }[name];
  if (kinds) { box.setAttribute("width", 20 * kinds.length); box.setAttribute("viewBox", `0 0 ${20 * kinds.length} 16`); kinds.forEach((k, i) => box.append(svg("g", { class: k, transform: `translate(${10 + 20 * i} 8)` }, shapeOf(k, 6.5)))); return box; }
  const firm = ["firm", "disputed", "denied", "open"].includes(name);
  const group = svg("g", { class: `edge ${firm ? "event " + name : name}` }, svg("path", { class: "stroke", d: firm ? "M2 8H28" : "M2 8H22", "stroke-width": 2.4 }));
  if (!firm) group.append(svg("path", { class: "head", d: "M29 8L21 3.5V12.5Z" }));
  box.append(group);
  return box;
}
function showFilters() {
  fill($("filter-groups"), ...FILTERS.map(([title, options]) => el("fieldset", null, el("legend", null, title), ...options.map(([name, word]) => {
    const box = el("input", { type: "checkbox", id: "filter-" + name });
    box.checked = state.on.has(name);
    box.addEventListener("change", () => { const on = new Set(state.on); if (box.checked) on.add(name); else on.delete(name); change({ on }); $("filter-" + name).focus(); });
    const sign = SIGN[name] && ["against", "for", "mixed"].includes(name) ? SIGN[name] + " " : FIRM_SIGN[name] ? FIRM_SIGN[name] + " " : "";
    return el("label", null, box, swatch(name), sign + word);
  }))), more());
}
function more() {
  const date = (name, word) => {
    const box = el("input", { type: "date", id: "filter-" + name, value: state[name] || null });
    box.addEventListener("change", () => { change({ [name]: DAY.test(box.value) ? box.value : "" }); $("filter-" + name).focus(); });
    return el("label", null, word, box);
  };
  const list = (name, word, values) => {
    const box = el("select", { id: "filter-" + name }, el("option", { value: "" }, "all"), ...values.map((v) => el("option", { value: v }, shorten(v, 40))));
    box.value = state[name];
    box.addEventListener("change", () => { change({ [name]: box.value }); $("filter-" + name).focus(); });
    return el("label", null, word, box);
  };
  const any = state.from || state.to || state.outlet || state.type;
  return el("fieldset", null, el("legend", null, "Only"), date("from", "from"), date("to", "to"), list("type", "type", TYPES), OUTLETS.length > 1 ? list("outlet", "outlet", OUTLETS) : null,
    any ? el("button", { type: "button", class: "link", onclick: () => change({ from: "", to: "", outlet: "", type: "" }) }, "Clear") : null);
}

// ---- search ---------------------------------------------------------------------------------------------------------------
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const NAMES_PLAIN = NODES.map((n) => [n.label, ...(n.aliases || [])].map(plain));
let SENTENCES_PLAIN = null;
function search() {
  const wanted = plain($("search").value.trim());
  if (!wanted) { $("found").hidden = true; return; }
  SENTENCES_PLAIN ||= DATA.sentences.map((s) => plain(s[1]));
  const names = [...NODES.keys()].filter((n) => NAMES_PLAIN[n].some((t) => t.includes(wanted)))
    .sort((p, q) => NAMES_PLAIN[q][0].startsWith(wanted) - NAMES_PLAIN[p][0].startsWith(wanted) || EVIDENCE_AT[q].length - EVIDENCE_AT[p].length || p - q).slice(0, 8);
  const sentences = SENTENCES_PLAIN.map((t, i) => [t, i]).filter(([t]) => t.includes(wanted)).slice(0, 6).map(([, i]) => i);
  const close = () => { $("found").hidden = true; $("search").value = ""; };
  const rows = names.map((n) => el("li", null, el("button", { type: "button", onclick: () => { close(); chooseNode(n, true); } }, bdi(shorten(NODES[n].label, 80)), " ", el("small", null, NODES[n].kind))));
  for (const s of sentences) {
    const item = EVIDENCE.findIndex((e) => e.s === s), edge = EDGES.find((e) => e.items.includes(item)), node = item >= 0 && EVIDENCE[item].r ? EVIDENCE[item].r[0][1] : -1;
    const text = visible(DATA.sentences[s][1]), hit = Math.max(0, text.toLowerCase().indexOf($("search").value.trim().toLowerCase()) - 40);
    const go = () => { close(); if (edge && state.view === "network") chooseEdge(edge, true); else if (item >= 0) chooseItem(item, true); else if (node >= 0) chooseNode(node, true); };
    rows.push(el("li", null, el("button", { type: "button", onclick: go }, el("small", null, "sentence "), bdi((hit ? "…" : "") + shorten(text.slice(hit), 110)))));
  }
  fill($("found"), ...(rows.length ? rows : [el("li", null, el("small", null, "Nothing found."))]));
  $("found").hidden = false;
}
$("search").addEventListener("input", search);
$("search").addEventListener("keydown", (event) => {
  const first = $("found").querySelector("button");
  if (event.key === "Escape") $("found").hidden = true;
  else if (event.key === "Enter" && first && !$("found").hidden) first.click();
  else if (event.key === "ArrowDown" && first && !$("found").hidden) { event.preventDefault(); first.focus(); }
});
$("found").addEventListener("keydown", (event) => {
  const all = [...$("found").querySelectorAll("button")], i = all.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && i + 1 < all.length) { event.preventDefault(); all[i + 1].focus(); }
  else if (event.key === "ArrowUp") { event.preventDefault(); (all[i - 1] || $("search")).focus(); }
  else if (event.key === "Escape") { $("found").hidden = true; $("search").focus(); }
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) $("found").hidden = true; });

// ---- everything together ------------------------------------------------------------------------------------------------
let before = "", current = null, currentName = "";
const tool = (text, label, act) => { const b = el("button", { type: "button", title: label, "aria-label": text.length < 3 ? label : null, onclick: act }, text); return b; };
// Dragging, the wheel, two fingers and the keys, for drawings of other views.
function pan(target, move, zoomBy, reset, width, height) {
  const held = new Map();
  const spot = (e) => { const box = target.getBoundingClientRect(); return { x: ((e.clientX - box.left) / box.width) * width, y: ((e.clientY - box.top) / box.height) * height }; };
  target.addEventListener("pointerdown", (e) => { if (e.button === 0) held.set(e.pointerId, spot(e)); });
  target.addEventListener("pointermove", (e) => {
    if (!held.has(e.pointerId)) return;
    const p = spot(e), was = held.get(e.pointerId);
    if (held.size === 2) { const o = [...held].find(([id]) => id !== e.pointerId)[1]; zoomBy((Math.hypot(p.x - o.x, p.y - o.y) || 1) / (Math.hypot(was.x - o.x, was.y - o.y) || 1), (p.x + o.x) / 2, (p.y + o.y) / 2); }
    else if (Math.hypot(p.x - was.x, p.y - was.y) < 1) return;
    else move(p.x - was.x, p.y - was.y);
    held.set(e.pointerId, p);
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) target.addEventListener(kind, (e) => held.delete(e.pointerId));
  target.addEventListener("wheel", (e) => { e.preventDefault(); const p = spot(e); zoomBy(Math.exp(-e.deltaY * 0.0015), p.x, p.y); }, { passive: false });
  target.addEventListener("keydown", (e) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[e.key];
    if (e.target !== target) return;
    if (step) move(...step); else if (e.key === "+" || e.key === "=") zoomBy(1.3, width / 2, height / 2); else if (e.key === "-") zoomBy(1 / 1.3, width / 2, height / 2); else if (e.key === "0") reset(); else return;
    e.preventDefault();
  });
}
const passesItem = (item) => state.on.has(classOf(item)) && (item.k === "said" || state.on.has(FIRM[item.st] || "open"));
const context = {
  state, change, chooseNode, chooseItem, choosePair, widthOf, nameButton, cards, classOf, pan, button: tool,
  items: ({ dates = true, classes = true } = {}) => {
    const out = [];
    EVIDENCE.forEach((item, i) => {
      const document_ = DATA.documents[DATA.sentences[item.s][0]];
      const on = dates ? ITEM_ON[i] : (!state.outlet || document_[1] === state.outlet) && (!state.type || item.t === state.type);
      if (on && (!classes || item.k === "said" || passesItem(item))) out.push(i);
    });
    return out;
  },
};
const network = {
  rows: () => [["from", "to", "link", "status", "sentences"], ...EDGES.filter(passes).sort((p, q) => strength(q) - strength(p) || (p.id < q.id ? -1 : 1)).map((e) => [NODES[e.a].label, NODES[e.b].label, labelOf(e), [...e.statuses].join(" "), e.items.length])],
  picture: () => (crowded ? null : drawing), canvas: () => (crowded ? canvas : null),
};
function updateView() {
  for (const [name] of VIEWS) {
    const tab = $("view-" + name), on = name === state.view;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    const row = $("views");
    if (on && (tab.offsetLeft < row.scrollLeft || tab.offsetLeft + tab.offsetWidth > row.scrollLeft + row.clientWidth)) row.scrollLeft = tab.offsetLeft - 12;
  }
  const shown = state.view === "network";
  $("network").hidden = !shown;
  $("other").hidden = shown;
  $("other").setAttribute("aria-labelledby", "view-" + state.view);
  if (currentName !== state.view) { current = shown ? network : viewOf(state.view, context); currentName = state.view; }
  if (!shown) current.draw($("other"));
  fill($("tools"), ...downloads(state.view, current, DATA.queries[state.view], tool));
}
function update() {
  if (state.view !== "network") { many.stop(); before = ""; updateView(); updatePanels(); return; }
  $("network").hidden = false; $("other").hidden = true;
  part = visiblePart();
  const now = part.nodes.slice().sort((p, q) => p - q).join(" ");
  const changed = now !== before;
  before = now;
  const crowdNow = part.nodes.length > DRAWN;
  if (crowdNow !== crowded) { crowded = crowdNow; POSITION.clear(); many.clear(); canvas.hidden = !crowded; }
  if (changed && crowded) { framed = true; const { width, height } = room(); many.start(part, POSITION, width, height); }
  else if (changed) layout(part);
  draw();
  if (changed) fit();
  const nothing = !NODES.length ? "Nothing to draw: no actor, place or topic was found in the articles." : part.nodes.length ? "" : EDGES.length ? "No link passes the filters. Switch some on above." : "Nothing to draw: the names that were found have no links. They are in the tab Names.";
  $("empty").textContent = nothing;
  $("empty").hidden = !nothing;
  const shown = $("shown");
  shown.replaceChildren();
  if (part.total > part.nodes.length) {
    shown.append(`${part.nodes.length} of ${plural(part.total, "name")} shown. `);
    if (!state.all) shown.append(el("button", { type: "button", onclick: () => change({ all: true }) }, "Show all"));
    else shown.append("Narrow it by filter or search.");
  } else if (state.all && part.nodes.length > part.most) shown.append(el("button", { type: "button", onclick: () => change({ all: false }) }, "Show the strongest only"));
  updateView();
  updatePanels();
}
function updatePanels() {
  showFilters();
  showLists();
  const panel = $("panel-evidence");
  if (state.edge) showEdge(panel, state.edge); else if (state.node >= 0) showNode(panel, state.node); else if (state.item >= 0) showItem(panel, state.item); else showOverview(panel);
  if (state.edge || state.node >= 0 || state.item >= 0) showTab("evidence");
  panel.scrollTop = 0;
}
gather();
const first = DATA.documents.length === 1 && DATA.documents[0][0];
$("title").textContent = first ? shorten(first, 160) : "Who did what to whom, and who says so";
$("counts").textContent = [plural(DATA.documents.length, "article"), plural(NODES.length, "name"), plural(EDGES.length, "link"), plural(DATA.sentences.length, "sentence")].join(" · ");
$("filters").open = window.innerWidth >= 900;
const start = () => { readAddress(); update(); };
window.addEventListener("hashchange", start);
window.addEventListener("popstate", start);
let lastWidth = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== lastWidth) { lastWidth = window.innerWidth; before = ""; POSITION.clear(); update(); } else if (state.view === "network") fit(); else updateView(); });
$("filters").addEventListener("toggle", () => { if (state.view === "network") fit(); else updateView(); });
VIEWS.forEach(([name], i) => {
  $("view-" + name).addEventListener("click", () => change({ view: name }));
  $("view-" + name).addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) { const [other] = VIEWS[(i + step + VIEWS.length) % VIEWS.length]; change({ view: other }); $("view-" + other).focus(); }
  });
});
$("query").addEventListener("click", (event) => { if (event.target === $("query")) $("query").close(); });
$("query-close").addEventListener("click", () => $("query").close());
start();
