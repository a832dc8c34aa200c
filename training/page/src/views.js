// The views beside the network. Each is { draw(panel), rows(), picture() }: what it shows, the same as a table, its drawing if it is one.
// They get a context: the state, the numbers of the evidence that passes the filters, and what to do when something is chosen.
import { geoNaturalEarth1, geoPath, geoGraticule10 } from "d3-geo";
import { feature } from "topojson-client";
import countries from "world-atlas/countries-110m.json";
import { DATA, NODES, EVIDENCE, el, svg, bdi, visible, shorten, plural, fill } from "./base.js";

export const VIEWS = [["network", "Network"], ["map", "Map"], ["timeline", "Time line"], ["matrix", "Matrix"], ["quotes", "Quotes"], ["contradictions", "Contradictions"], ["article", "Articles"]];
const QUADS = [["vc", "verbal cooperation", "○"], ["mc", "material cooperation", "●"], ["vx", "verbal conflict", "△"], ["mx", "material conflict", "✕"]];
const quadOf = (item) => DATA.quads[item.t];
const at = (item, ...roles) => (item.r || []).filter((r) => roles.includes(r[0])).map((r) => r[1]);
const labelled = (text) => { const node = svg("text", {}); node.textContent = text; return node; };
const articleOf = (item) => DATA.sentences[item.s][0];
const headline = (d) => visible(DATA.documents[d][0] || DATA.documents[d][1] || "Untitled article");
const textOf = (item) => visible(DATA.sentences[item.s][1]);
const words = (panel, text) => panel.append(el("p", { class: "empty" }, text));
const legend = () => el("p", { class: "legend" }, ...QUADS.map(([cls, word, sign]) => el("span", { class: "quad " + cls }, el("i", { "aria-hidden": "true" }), `${sign} ${word} `)));

// Labels one after the other, those that would lie on something are left away.
function freeSpace() {
  const taken = [];
  return (box, always) => {
    if (!always && taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3])) return false;
    taken.push(box);
    return true;
  };
}
function press(node, label, act) {
  for (const [k, v] of Object.entries({ tabindex: 0, role: "button", "aria-label": label })) node.setAttribute(k, v);
  node.append(svg("title", {}, label));
  node.addEventListener("click", act);
  node.addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); act(); } });
  return node;
}

// ---- map --------------------------------------------------------------------------------------------------------------
const LAND = feature(countries, countries.objects.countries);
const window_ = { k: 1, x: 0, y: 0, of: "" };
function map(ctx) {
  const places = () => {
    const found = new Map();
    for (const i of ctx.items()) {
      const item = EVIDENCE[i];
      if (item.k !== "event" || quadOf(item) === undefined) continue;
      for (const n of at(item, "place")) {
        const node = NODES[n];
        if (node.lat === undefined || node.long === undefined) continue;
        if (!found.has(n)) found.set(n, { n, quads: [0, 0, 0, 0], items: [] });
        const p = found.get(n);
        p.quads[quadOf(item)]++;
        p.items.push(i);
      }
    }
    return [...found.values()].sort((a, b) => b.items.length - a.items.length || a.n - b.n);
  };
  let drawing = null;
  const draw = (panel) => {
    const all = places();
    if (!all.length) { fill(panel); drawing = null; words(panel, "No event that passes the filters is told of a place with coordinates."); return; }
    const stage = el("div", { class: "stage" });
    fill(panel, legend(), stage);
    const width = Math.max(280, stage.clientWidth), height = Math.max(260, stage.clientHeight);
    drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "map", role: "group", tabindex: 0, "aria-label": "Map of the places of events. Arrow keys move it, plus and minus zoom." });
    stage.append(drawing);
    const projection = geoNaturalEarth1(), side = Math.min(90, width / 6);
    projection.fitExtent([[side, 40], [width - side, height - 60]], { type: "MultiPoint", coordinates: all.map((p) => [NODES[p.n].long, NODES[p.n].lat]) });
    if (!(projection.scale() < 1400)) { // one place, or neighbours: show the lands around them
      projection.scale(1400).translate([0, 0]);
      const mean = [0, 1].map((k) => all.reduce((s, p) => s + [NODES[p.n].long, NODES[p.n].lat][k], 0) / all.length), [mx, my] = projection(mean);
      projection.translate([width / 2 - mx, height / 2 - my]);
    }
    const path = geoPath(projection).digits(1), ground = svg("g", { class: "ground" }), marks = svg("g");
    ground.append(svg("path", { class: "graticule", d: path(geoGraticule10()) }), svg("path", { class: "land", d: path(LAND) }));
    drawing.append(ground, marks);
    if (window_.of !== `${width} ${all.length}`) Object.assign(window_, { k: 1, x: 0, y: 0, of: `${width} ${all.length}` });
    const place = () => {
      ground.setAttribute("transform", `translate(${window_.x} ${window_.y}) scale(${window_.k})`);
      marks.replaceChildren();
      const free = freeSpace(), spots = all.map((p) => {
        const [x, y] = projection([NODES[p.n].long, NODES[p.n].lat]);
        return { p, x: x * window_.k + window_.x, y: y * window_.k + window_.y, r: Math.min(26, 5 + 3.2 * Math.sqrt(p.items.length)) };
      }).filter((s) => s.x > -30 && s.x < width + 30 && s.y > -30 && s.y < height + 30);
      for (const s of spots.slice().reverse()) {
        const total = s.p.items.length, chosen = ctx.state.node === s.p.n;
        const told = QUADS.map(([, word], q) => (s.p.quads[q] ? `${s.p.quads[q]} ${word}` : "")).filter(Boolean).join(", ");
        const group = svg("g", { class: "spot" + (chosen ? " chosen" : ""), transform: `translate(${s.x.toFixed(1)} ${s.y.toFixed(1)})` });
        let from = -Math.PI / 2;
        s.p.quads.forEach((count, q) => {
          if (!count) return;
          const to = from + (2 * Math.PI * count) / total, big = to - from > Math.PI ? 1 : 0;
          const d = count === total ? `M0 ${-s.r}A${s.r} ${s.r} 0 1 1 0 ${s.r}A${s.r} ${s.r} 0 1 1 0 ${-s.r}Z`
            : `M0 0L${(s.r * Math.cos(from)).toFixed(2)} ${(s.r * Math.sin(from)).toFixed(2)}A${s.r} ${s.r} 0 ${big} 1 ${(s.r * Math.cos(to)).toFixed(2)} ${(s.r * Math.sin(to)).toFixed(2)}Z`;
          group.append(svg("path", { class: "slice " + QUADS[q][0], d }));
          from = to;
        });
        marks.append(press(group, `${visible(NODES[s.p.n].label)}: ${told}`, () => ctx.chooseNode(s.p.n, true)));
      }
      for (const s of spots) free([s.x - s.r, s.y - s.r, s.x + s.r, s.y + s.r], true);
      for (const s of spots) {
        const signs = QUADS.map(([, , sign], q) => (s.p.quads[q] ? sign + s.p.quads[q] : "")).filter(Boolean).join(" ");
        const text = `${shorten(NODES[s.p.n].label, 24)} ${signs}`, half = ctx.widthOf(text) / 2 + 2;
        const places = [[s.x, s.y + s.r + 14], [s.x, s.y - s.r - 6], [s.x + s.r + half + 3, s.y + 4], [s.x - s.r - half - 3, s.y + 4]];
        const spot = places.find(([x, y]) => x > half + 2 && x < width - half - 2 && y > 14 && y < height - 4 && free([x - half, y - 11, x + half, y + 4]));
        if (!spot) continue;
        const label = labelled(text);
        label.setAttribute("x", spot[0].toFixed(1)); label.setAttribute("y", spot[1].toFixed(1));
        marks.append(label);
      }
    };
    const zoom = (f, cx, cy) => { const k = Math.max(0.1, Math.min(30, window_.k * f)), g = k / window_.k; window_.x = cx - (cx - window_.x) * g; window_.y = cy - (cy - window_.y) * g; window_.k = k; place(); };
    ctx.pan(drawing, (dx, dy) => { window_.x += dx; window_.y += dy; place(); }, zoom, () => { Object.assign(window_, { k: 1, x: 0, y: 0 }); place(); }, width, height);
    panel.append(el("p", { class: "tools" }, ctx.button("+", "Zoom in", () => zoom(1.5, width / 2, height / 2)), ctx.button("−", "Zoom out", () => zoom(1 / 1.5, width / 2, height / 2)),
      ctx.button("Fit", "Show all places", () => { Object.assign(window_, { k: 1, x: 0, y: 0 }); place(); }),
      ctx.button("World", "Show the whole world", () => { const w = geoPath(projection).bounds({ type: "Sphere" }), k = Math.min(width / (w[1][0] - w[0][0]), height / (w[1][1] - w[0][1])); Object.assign(window_, { k, x: -w[0][0] * k + (width - (w[1][0] - w[0][0]) * k) / 2, y: -w[0][1] * k + (height - (w[1][1] - w[0][1]) * k) / 2 }); place(); })));
    place();
  };
  const rows = () => [["place", "lat", "long", ...QUADS.map((q) => q[1])], ...places().map((p) => [NODES[p.n].label, NODES[p.n].lat, NODES[p.n].long, ...p.quads])];
  return { draw, rows, picture: () => drawing };
}

// ---- time line ----------------------------------------------------------------------------------------------------------
const UNITS = [["day", 864e5], ["week", 7 * 864e5], ["month", 0], ["year", 0], ["decade", 0]];
const time = (day) => Date.parse(day.length === 4 ? day + "-01-01" : day.length === 7 ? day + "-01" : day);
const iso = (t) => new Date(t).toISOString().slice(0, 10);
function floor(t, unit) {
  const d = new Date(t);
  if (unit === "day") return Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate());
  if (unit === "week") return Math.floor((t - 4 * 864e5) / (7 * 864e5)) * 7 * 864e5 + 4 * 864e5;
  const year = new Date(0);
  year.setUTCFullYear(unit === "decade" ? Math.floor(d.getUTCFullYear() / 10) * 10 : d.getUTCFullYear(), unit === "month" ? d.getUTCMonth() : 0, 1);
  return year.getTime();
}
function next(t, unit) {
  const d = new Date(t);
  if (unit === "day" || unit === "week") return t + UNITS.find((u) => u[0] === unit)[1];
  d.setUTCFullYear(d.getUTCFullYear() + (unit === "year" ? 1 : unit === "decade" ? 10 : 0), d.getUTCMonth() + (unit === "month" ? 1 : 0), 1);
  return d.getTime();
}
function timeline(ctx) {
  let drawing = null;
  const dated = () => ctx.items({ dates: false }).filter((i) => Number.isFinite(time(EVIDENCE[i].day || "")));
  const undated = () => {
    const n = ctx.items({ dates: false }).length - dated().length;
    return n ? ` ${plural(n, "record")} of articles without a date ${n === 1 ? "is" : "are"} not on it.` : "";
  };
  const binned = () => {
    const items = dated(), times = items.map((i) => time(EVIDENCE[i].day)).sort((a, b) => a - b);
    if (!items.length) return null;
    const low = times[0], high = times[times.length - 1];
    let unit = "decade", bins = [];
    for (const [name] of UNITS) {
      bins = [];
      for (let t = floor(low, name); t <= high && bins.length <= 80; t = next(t, name)) bins.push(t);
      unit = name;
      if (bins.length <= 80) break;
    }
    bins = bins.map((t) => ({ t, end: next(t, unit), quads: [0, 0, 0, 0], said: 0, plus: 0, minus: 0, n: 0 }));
    const index = new Map(bins.map((b, i) => [b.t, i]));
    for (const i of items) {
      const item = EVIDENCE[i], bin = bins[index.get(floor(time(item.day), unit))];
      if (!bin) continue;
      bin.n++;
      if (item.k === "event") { if (quadOf(item) !== undefined) bin.quads[quadOf(item)]++; }
      else if (item.k === "said") bin.said++;
      else if ((item.v || 0) > 0) bin.plus++; else if ((item.v || 0) < 0) bin.minus++;
    }
    return { unit, bins };
  };
  const draw = (panel) => {
    const found = binned();
    if (!found) { fill(panel); drawing = null; words(panel, "Nothing that passes the filters has a date."); return; }
    const { unit, bins } = found, stage = el("div", { class: "stage" });
    fill(panel, legend(), stage);
    const width = Math.max(280, stage.clientWidth), height = Math.max(300, stage.clientHeight), left = 84, right = 14, top = 10, bottom = 30;
    drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "timeline", role: "group", "aria-label": `Events, statements and stances by ${unit}` });
    stage.append(drawing);
    const step = (width - left - right) / bins.length, x = (i) => left + i * step, bar = Math.max(1.5, Math.min(40, step - 2)), pad = (step - bar) / 2;
    const lanes = [["Events", 0.46], ["Said", 0.2], ["Stances", 0.34]], room = height - top - bottom - 24;
    let y = top;
    const areas = lanes.map(([name, share]) => { const a = { name, y, h: room * share }; y += room * share + 12; return a; });
    const most = { Events: Math.max(1, ...bins.map((b) => b.quads.reduce((s, v) => s + v, 0))), Said: Math.max(1, ...bins.map((b) => b.said)), Stances: Math.max(1, ...bins.map((b) => Math.max(b.plus, b.minus))) };
    const shade = svg("rect", { class: "brush", y: top, height: height - top - bottom, x: -10, width: 0 });
    drawing.append(shade);
    for (const a of areas) {
      const middle = a.name === "Stances" ? a.y + a.h / 2 : a.y + a.h;
      drawing.append(svg("path", { class: "axis", d: `M${left} ${middle.toFixed(1)}H${width - right}` }));
      const name = labelled(a.name);
      for (const [k, v] of Object.entries({ x: left - 8, y: (a.y + 12).toFixed(1), class: "lane" })) name.setAttribute(k, v);
      drawing.append(name);
      const top_ = labelled(String(most[a.name]));
      for (const [k, v] of Object.entries({ x: left - 8, y: (a.y + 27).toFixed(1), class: "lane small" })) top_.setAttribute(k, v);
      drawing.append(top_);
      bins.forEach((b, i) => {
        const rect = (cls, from, value, scale, down) => { if (value) drawing.append(svg("rect", { class: "bar " + cls, x: (x(i) + pad).toFixed(1), width: bar.toFixed(1), y: (down ? from : from - value * scale).toFixed(1), height: (value * scale).toFixed(1) })); };
        if (a.name === "Events") { let used = 0; const scale = (a.h - 4) / most.Events; b.quads.forEach((v, q) => { rect("slice " + QUADS[q][0], middle - used * scale, v, scale); used += v; }); }
        else if (a.name === "Said") rect("saidbar", middle, b.said, (a.h - 4) / most.Said);
        else { rect("forbar", middle, b.plus, (a.h / 2 - 3) / most.Stances); rect("againstbar", middle, b.minus, (a.h / 2 - 3) / most.Stances, true); }
      });
    }
    const signs = areas[2];
    for (const [sign, dy] of [["+ for", signs.h / 2 - 5], ["− against", signs.h / 2 + 13]]) { const t = labelled(sign); for (const [k, v] of Object.entries({ x: left - 8, y: (signs.y + dy).toFixed(1), class: "lane small" })) t.setAttribute(k, v); drawing.append(t); }
    const every = Math.ceil(74 / step);
    bins.forEach((b, i) => {
      if (i % every || x(i) > width - right - 40) return;
      const word = iso(b.t).slice(0, unit === "day" || unit === "week" ? 10 : unit === "month" ? 7 : 4), t = labelled(word);
      for (const [k, v] of Object.entries({ x: (x(i) + 1).toFixed(1), y: height - 10, class: "tick" })) t.setAttribute(k, v);
      drawing.append(svg("path", { class: "axis", d: `M${x(i).toFixed(1)} ${height - bottom}v5` }), t);
    });
    bins.forEach((b, i) => {
      if (!b.n) return;
      const told = [...QUADS.map(([, word], q) => [b.quads[q], word]), [b.said, "statements"], [b.plus, "stances for"], [b.minus, "stances against"]].filter((t) => t[0]).map((t) => t.join(" ")).join(", ");
      drawing.append(press(svg("rect", { class: "bin", x: x(i).toFixed(1), width: step.toFixed(1), y: top, height: height - top - bottom }), `${iso(b.t)}${unit === "day" ? "" : ` (${unit})`}: ${told}`, () => ctx.change({ from: iso(b.t), to: iso(b.end - 1) })));
    });
    const show = (from, to) => { shade.setAttribute("x", Math.min(from, to).toFixed(1)); shade.setAttribute("width", Math.abs(to - from).toFixed(1)); };
    const place = (t, end) => { const i = bins.findIndex((b) => t < b.end); return i < 0 ? width - right : x(i) + (end ? step : 0); };
    if (ctx.state.from || ctx.state.to) show(ctx.state.from ? place(time(ctx.state.from)) : left, ctx.state.to ? place(time(ctx.state.to), true) : width - right);
    let began = null;
    const spot = (e) => { const box = drawing.getBoundingClientRect(); return Math.max(left, Math.min(width - right - 0.5, ((e.clientX - box.left) / box.width) * width)); };
    drawing.addEventListener("pointerdown", (e) => { if (e.button === 0) began = spot(e); });
    drawing.addEventListener("pointermove", (e) => { if (began !== null && Math.abs(spot(e) - began) > 4) { drawing.setPointerCapture(e.pointerId); show(began, spot(e)); } });
    drawing.addEventListener("pointerup", (e) => {
      const from = began, to = spot(e);
      began = null;
      if (from === null || Math.abs(to - from) <= 4) return;
      const [a, b] = [Math.min(from, to), Math.max(from, to)].map((v) => bins[Math.min(bins.length - 1, Math.floor((v - left) / step))]);
      ctx.change({ from: iso(a.t), to: iso(b.end - 1) });
    });
    panel.append(el("p", { class: "tools" }, ctx.state.from || ctx.state.to ? ctx.button("Show all dates", "Take the choice of dates away", () => ctx.change({ from: "", to: "" })) : null,
      el("span", null, "Drag over the bars to choose dates; all views follow. What has no date of its own stands at its article's day." + undated())));
  };
  const rows = () => {
    const found = binned();
    return [["from", "to", ...QUADS.map((q) => q[1]), "statements", "stances for", "stances against"], ...(found ? found.bins.filter((b) => b.n).map((b) => [iso(b.t), iso(b.end - 1), ...b.quads, b.said, b.plus, b.minus]) : [])];
  };
  return { draw, rows, picture: () => drawing };
}

// ---- matrix ---------------------------------------------------------------------------------------------------------------
function matrix(ctx) {
  let drawing = null;
  const cells = () => {
    const found = new Map();
    for (const i of ctx.items()) {
      const item = EVIDENCE[i];
      if (item.k !== "stance" || item.v === undefined) continue;
      for (const h of at(item, "holder")) for (const t of at(item, "target")) {
        const key = h + " " + t;
        if (!found.has(key)) found.set(key, { h, t, sum: 0, items: [] });
        const c = found.get(key);
        c.sum += item.v; c.items.push(i);
      }
    }
    return [...found.values()].sort((a, b) => b.items.length - a.items.length || a.h - b.h || a.t - b.t);
  };
  const best = (all, side, most) => {
    const count = new Map();
    for (const c of all) count.set(c[side], (count.get(c[side]) || 0) + c.items.length);
    return [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most).map((c) => c[0]);
  };
  const mean = (c) => c.sum / c.items.length;
  const signed = (v) => (v > 0 ? "+" : v < 0 ? "−" : "±") + Math.abs(v).toFixed(1);
  const draw = (panel) => {
    const all = cells();
    if (!all.length) { fill(panel); drawing = null; words(panel, "No stance passes the filters."); return; }
    const stage = el("div", { class: "stage scroll" });
    fill(panel, stage);
    const narrow = stage.clientWidth < 560, most = narrow ? 12 : 24, size = narrow ? 34 : 40;
    const holders = best(all, "h", most), targets = best(all, "t", most), long = narrow ? 16 : 26;
    const side = Math.max(...holders.map((n) => ctx.widthOf(shorten(NODES[n].label, long)))) + 16, above = Math.max(...targets.map((n) => ctx.widthOf(shorten(NODES[n].label, long)))) * 0.72 + 26;
    const spill = Math.max(...targets.map((n, j) => ctx.widthOf(shorten(NODES[n].label, long)) * 0.72 - (targets.length - j - 1) * size - size / 2)) + 12;
    const width = side + targets.length * size + Math.max(12, spill), height = above + holders.length * size + 34;
    drawing = svg("svg", { width: width.toFixed(0), height: height.toFixed(0), viewBox: `0 0 ${width.toFixed(0)} ${height.toFixed(0)}`, class: "matrix", role: "group", "aria-label": "Stance of each actor on the left toward each name above" });
    stage.append(drawing);
    const name = (n, attributes) => {
      const t = labelled(shorten(NODES[n].label, long));
      for (const [k, v] of Object.entries(attributes)) t.setAttribute(k, v);
      if (ctx.state.node === n) t.classList.add("chosen");
      return press(t, visible(NODES[n].label), () => ctx.chooseNode(n, true));
    };
    holders.forEach((n, i) => drawing.append(name(n, { class: "holder", x: side - 8, y: above + i * size + size / 2 + 4 })));
    targets.forEach((n, j) => drawing.append(name(n, { class: "target", transform: `translate(${side + j * size + size / 2} ${above - 8}) rotate(-45)` })));
    for (let i = 0; i <= holders.length; i++) drawing.append(svg("path", { class: "axis", d: `M${side} ${above + i * size}h${targets.length * size}` }));
    for (let j = 0; j <= targets.length; j++) drawing.append(svg("path", { class: "axis", d: `M${side + j * size} ${above}v${holders.length * size}` }));
    for (const c of all) {
      const i = holders.indexOf(c.h), j = targets.indexOf(c.t);
      if (i < 0 || j < 0) continue;
      const value = mean(c), cls = value > 0.05 ? "pro" : value < -0.05 ? "con" : "even";
      const group = svg("g", { class: "cell " + cls, transform: `translate(${side + j * size} ${above + i * size})` });
      const text = labelled(signed(value));
      for (const [k, v] of Object.entries({ x: size / 2, y: size / 2 + (c.items.length > 1 ? 0 : 4) })) text.setAttribute(k, v);
      group.append(svg("rect", { width: size - 2, height: size - 2, x: 1, y: 1, "fill-opacity": (0.25 + 0.6 * Math.min(1, Math.abs(value))).toFixed(2) }), text);
      if (c.items.length > 1) { const n = labelled(`×${c.items.length}`); for (const [k, v] of Object.entries({ x: size / 2, y: size / 2 + 13, class: "small" })) n.setAttribute(k, v); group.append(n); }
      drawing.append(press(group, `${visible(NODES[c.h].label)} toward ${visible(NODES[c.t].label)}: ${signed(value)} from ${plural(c.items.length, "stance")}`, () => ctx.choosePair(c.h, c.t)));
    }
    const note = labelled("rows: who holds the stance; columns: toward whom");
    for (const [k, v] of Object.entries({ x: 4, y: height - 10, class: "note" })) note.setAttribute(k, v);
    drawing.append(note);
    if (width > stage.clientWidth) panel.append(el("p", { class: "tools" }, "The matrix goes on to the right: scroll it."));
    const left = all.filter((c) => !holders.includes(c.h) || !targets.includes(c.t)).length;
    if (left) panel.append(el("p", { class: "tools" }, `${plural(left, "pair")} of names with fewer stances left out; the download as CSV has all.`));
  };
  const rows = () => [["holder", "target", "mean", "stances"], ...cells().map((c) => [NODES[c.h].label, NODES[c.t].label, mean(c).toFixed(2), c.items.length])];
  return { draw, rows, picture: () => drawing };
}

// ---- quotes ---------------------------------------------------------------------------------------------------------------
function quotes(ctx) {
  const chosen = () => {
    const said = ctx.items({ classes: false }).filter((i) => EVIDENCE[i].k === "said");
    const own = ctx.state.node < 0 ? [] : said.filter((i) => (EVIDENCE[i].r || []).some((r) => r[1] === ctx.state.node));
    return own.length ? own : said;
  };
  const draw = (panel) => {
    const items = chosen();
    fill(panel);
    if (!items.length) { words(panel, "Nobody is quoted in what passes the filters."); return; }
    const speakers = new Map();
    for (const i of items) for (const n of at(EVIDENCE[i], "source")) { if (!speakers.has(n)) speakers.set(n, []); speakers.get(n).push(i); }
    const order = [...speakers].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]), list = el("div", { class: "list" });
    if (ctx.state.node >= 0 && items.length) panel.append(el("p", { class: "tools" }, "About and by ", bdi(NODES[ctx.state.node].label), ". ", ctx.button("Show all", "Show the quotes of all", () => ctx.change({ node: -1, edge: null, item: -1 }))));
    let left = 60;
    for (const [n, own] of order) {
      if (left <= 0) break;
      const section = el("section", null, el("h2", { class: "head" }, ctx.nameButton(n), ` (${own.length})`));
      ctx.cards(own.slice(0, left), section, 6);
      left -= Math.min(own.length, 12);
      list.append(section);
    }
    panel.append(list);
    if (left <= 0) panel.append(el("p", { class: "tools" }, "The most quoted are shown; choose a name to see its own."));
  };
  const rows = () => [["who", "how", "what", "to or about", "article", "published"], ...chosen().map((i) => { const item = EVIDENCE[i]; return [at(item, "source").map((n) => NODES[n].label).join("; "), item.t, textOf(item), at(item, "about", "addressee").map((n) => NODES[n].label).join("; "), headline(articleOf(item)), DATA.documents[articleOf(item)][2]]; })];
  return { draw, rows, picture: () => null };
}

// ---- contradictions ----------------------------------------------------------------------------------------------------------
function contradictions(ctx) {
  const groups = () => {
    const found = new Map(), denied = [];
    for (const i of ctx.items()) {
      const item = EVIDENCE[i];
      if (item.k !== "event") continue;
      if (item.st === "Disputed" && item.h !== undefined) { if (!found.has(item.h)) found.set(item.h, { yes: [], no: [] }); found.get(item.h)[item.n ? "no" : "yes"].push(i); }
      else if (item.st === "Denied") denied.push(i);
    }
    return { disputed: [...found.values()], denied };
  };
  const draw = (panel) => {
    const { disputed, denied } = groups(), list = el("div", { class: "list wide" });
    fill(panel);
    if (!disputed.length && !denied.length) { words(panel, "Nothing that passes the filters is claimed by one and denied by another, and nothing is denied."); return; }
    if (disputed.length) list.append(el("h2", { class: "head" }, `Claimed and denied (${disputed.length})`));
    for (const g of disputed) {
      const [yes, no] = [["Says that it is so", g.yes], ["Says that it is not so", g.no]].map(([title, items]) => {
        const side = el("div", null, el("h3", null, title));
        if (items.length) ctx.cards(items, side, 4); else side.append(el("p", { class: "about" }, "In words that no event was read from; see the other side's line."));
        return side;
      });
      list.append(el("section", { class: "sides" }, yes, no));
    }
    if (denied.length) { const section = el("section", null, el("h2", { class: "head" }, `Only denied (${denied.length})`)); ctx.cards(denied, section, 20); list.append(section); }
    panel.append(list);
  };
  const rows = () => {
    const { disputed, denied } = groups(), line = (group, side, i) => [group, side, EVIDENCE[i].t, EVIDENCE[i].w, textOf(EVIDENCE[i]), headline(articleOf(EVIDENCE[i]))];
    return [["happening", "side", "type", "who says so", "sentence", "article"], ...disputed.flatMap((g, n) => [...g.yes.map((i) => line(n + 1, "claimed", i)), ...g.no.map((i) => line(n + 1, "denied", i))]), ...denied.map((i) => line("", "denied", i))];
  };
  return { draw, rows, picture: () => null };
}

// ---- articles -------------------------------------------------------------------------------------------------------------------
function article(ctx) {
  const ofArticle = (d) => ctx.items({ classes: false }).filter((i) => articleOf(EVIDENCE[i]) === d);
  const draw = (panel) => {
    fill(panel);
    if (!DATA.documents.length) { words(panel, "No article."); return; }
    const d = ctx.state.article, [, publisher, published, address] = DATA.documents[d], text = DATA.texts[d];
    const select = el("select", { id: "article", "aria-label": "Article" }, ...DATA.documents.map((_, i) => el("option", { value: i }, shorten(headline(i), 90))));
    select.value = String(d);
    select.addEventListener("change", () => { ctx.change({ article: Number(select.value) }); const again = document.getElementById("article"); if (again) again.focus(); });
    const about = el("p", { class: "about" }, [publisher, published ? "published " + published : "undated"].filter(Boolean).map(visible).join(", "));
    if (/^https?:\/\//i.test(address)) about.append(" · ", el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, "article"));
    const items = ofArticle(d), list = el("div", { class: "list article" }, el("p", { class: "choose" }, select), el("h2", { class: "head", dir: "auto" }, headline(d)), about);
    panel.append(list);
    if (!text) { list.append(el("p", { class: "empty" }, "This article's text was left out of the page to keep it small; `kgbuild view` shows it. What was read in it:")); ctx.cards(items, list, 30); return; }
    const spans = items.flatMap((i) => { const begin = DATA.sentences[EVIDENCE[i].s][4]; return (EVIDENCE[i].m || []).filter((m) => m[2] === 0 || EVIDENCE[i].k === "event").map((m) => ({ b: begin + m[0], e: begin + m[1], i })); });
    const cuts = [...new Set([0, text.length, ...spans.flatMap((s) => [s.b, s.e])])].sort((p, q) => p - q);
    const body = el("div", { class: "text whole", dir: "auto" });
    spans.sort((p, q) => p.b - q.b);
    const open = [];
    let nextSpan = 0;
    for (let k = 0; k + 1 < cuts.length; k++) {
      const [b, e] = [cuts[k], cuts[k + 1]];
      while (nextSpan < spans.length && spans[nextSpan].b <= b) open.push(spans[nextSpan++]);
      for (let j = open.length - 1; j >= 0; j--) if (open[j].e <= b) open.splice(j, 1);
      if (!open.length) { body.append(visible(text.slice(b, e))); continue; }
      const inner = open.reduce((p, q) => (q.e - q.b < p.e - p.b ? q : p)), item = EVIDENCE[inner.i];
      const button = el("mark", { class: `${ctx.classOf(item)}${ctx.state.item === inner.i ? " chosen" : ""}`, "data-item": inner.i, title: `${item.k === "said" ? "said" : item.t}: ${visible(item.w)}` }, visible(text.slice(b, e)));
      button.addEventListener("click", () => ctx.chooseItem(inner.i));
      if (inner.b === b) { button.tabIndex = 0; button.setAttribute("role", "button"); button.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); ctx.chooseItem(inner.i, true); } }); }
      body.append(button);
    }
    list.append(el("p", { class: "about" }, `${plural(items.length, "record")} marked; choose one to see who says so.`), body);
    const mark = body.querySelector("mark.chosen");
    if (mark) mark.scrollIntoView({ block: "center" });
  };
  const rows = () => [["begin", "kind", "type", "status", "who says so", "words"], ...ofArticle(ctx.state.article).map((i) => { const item = EVIDENCE[i]; return [DATA.sentences[item.s][4], item.k, item.t, item.st, item.w, textOf(item)]; })];
  return { draw, rows, picture: () => null };
}

const MAKERS = { map, timeline, matrix, quotes, contradictions, article };
export function viewOf(name, ctx) { return MAKERS[name](ctx); }
