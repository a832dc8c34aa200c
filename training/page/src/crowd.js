// A network of thousands of names on a canvas: placed by forces in short steps, so that the page answers from the start.
import { forceSimulation, forceLink, forceManyBody, forceX, forceY } from "d3-force";

const STEP = 14; // milliseconds of placing between two pictures

export function crowd(canvas, tools) {
  const pen = canvas.getContext("2d");
  let nodes = [], links = [], simulation = null, frame = 0, index = new Map();

  function start(part, positions, width, height) {
    stop();
    const spread = Math.sqrt(part.nodes.length) * 9;
    nodes = part.nodes.map((n, i) => {
      const known = positions.get(n), far = spread * Math.sqrt((i + 0.5) / part.nodes.length), angle = i * 2.399963;
      return known ? { n, x: known.x, y: known.y } : { n, x: width / 2 + far * Math.cos(angle), y: height / 2 + far * Math.sin(angle) };
    });
    index = new Map(nodes.map((d) => [d.n, d]));
    links = part.edges.map((e) => ({ e, source: index.get(e.a), target: index.get(e.b) }));
    simulation = forceSimulation(nodes).stop().alphaDecay(0.03)
      .force("link", forceLink(links).distance(30).strength(0.15))
      .force("charge", forceManyBody().strength(-22).theta(1.2).distanceMax(400))
      .force("x", forceX(width / 2).strength(0.03)).force("y", forceY(height / 2).strength(0.04));
    let turn = 0;
    const go = () => {
      const began = performance.now();
      while (simulation && simulation.alpha() > 0.02 && performance.now() - began < STEP) simulation.tick();
      for (const d of nodes) positions.set(d.n, d);
      if (turn++ % 4 === 0 || simulation.alpha() <= 0.02) tools.placed(simulation.alpha() > 0.02);
      frame = simulation.alpha() > 0.02 ? requestAnimationFrame(go) : 0;
    };
    frame = requestAnimationFrame(go);
  }
  function stop() { cancelAnimationFrame(frame); frame = 0; simulation = null; }

  function draw(view, width, height, chosen) {
    const ratio = Math.min(2, window.devicePixelRatio || 1), style = tools.style();
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const near = new Set(chosen.nodes);
    const paths = new Map(), strong = new Path2D();
    for (const { e, source, target } of links) {
      const x0 = source.x * view.k + view.x, y0 = source.y * view.k + view.y, x1 = target.x * view.k + view.x, y1 = target.y * view.k + view.y;
      if ((x0 < 0 && x1 < 0) || (x0 > width && x1 > width) || (y0 < 0 && y1 < 0) || (y0 > height && y1 > height)) continue;
      const lit = e === chosen.edge || chosen.centre === e.a || chosen.centre === e.b;
      if (lit) { near.add(e.a); near.add(e.b); }
      if (!paths.has(e.cls)) paths.set(e.cls, new Path2D());
      const path = lit ? strong : paths.get(e.cls);
      path.moveTo(x0, y0); path.lineTo(x1, y1);
    }
    pen.lineWidth = 0.7;
    pen.globalAlpha = chosen.some ? 0.15 : 0.45;
    for (const [cls, path] of paths) { pen.strokeStyle = style[cls]; pen.stroke(path); }
    pen.globalAlpha = 1; pen.lineWidth = 1.6; pen.strokeStyle = style.accent; pen.stroke(strong);
    const r = Math.max(0.8, Math.min(7, 3.4 * Math.sqrt(view.k)));
    const kinds = new Map();
    for (const d of nodes) {
      const x = d.x * view.k + view.x, y = d.y * view.k + view.y;
      if (x < -9 || x > width + 9 || y < -9 || y > height + 9) continue;
      const kind = tools.kind(d.n), size = r * (0.8 + Math.min(1.6, 0.22 * Math.sqrt(tools.degree(d.n))));
      if (!kinds.has(kind)) kinds.set(kind, new Path2D());
      const path = kinds.get(kind);
      if (kind === "State" || kind === "Organization") path.rect(x - size, y - size, 2 * size, 2 * size);
      else { path.moveTo(x + size, y); path.arc(x, y, size, 0, 2 * Math.PI); }
    }
    for (const [kind, path] of kinds) { pen.fillStyle = style[kind.toLowerCase()] || style.unknown; pen.fill(path); }
    pen.font = '12px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
    pen.textAlign = "center"; pen.lineJoin = "round"; pen.lineWidth = 3; pen.strokeStyle = style.ground; pen.fillStyle = style.ink;
    const taken = new Map(), cell = 60, most = 90;
    let written = 0;
    const order = nodes.filter((d) => near.has(d.n)).concat(nodes.slice(0, 700)); // nodes come with the best connected first
    for (const d of order) {
      if (written >= most) break;
      const x = d.x * view.k + view.x, y = d.y * view.k + view.y + r + 12;
      if (x < 10 || x > width - 10 || y < 14 || y > height - 4) continue;
      const text = tools.label(d.n), half = tools.widthOf(text) / 2, box = [x - half, y - 11, x + half, y + 3];
      const keys = [];
      for (let i = Math.floor(box[0] / cell); i <= Math.floor(box[2] / cell); i++) for (let j = Math.floor(box[1] / cell); j <= Math.floor(box[3] / cell); j++) keys.push(i + "," + j);
      if (keys.some((k) => (taken.get(k) || []).some((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3]))) continue;
      for (const k of keys) { if (!taken.has(k)) taken.set(k, []); taken.get(k).push(box); }
      pen.strokeText(text, x, y); pen.fillText(text, x, y);
      written++;
    }
  }
  function find(x, y, view) {
    let best = null, least = 14 * 14;
    for (const d of nodes) { const dx = d.x * view.k + view.x - x, dy = d.y * view.k + view.y - y, far = dx * dx + dy * dy; if (far < least) { least = far; best = d.n; } }
    return best;
  }
  function clear() { stop(); nodes = []; links = []; pen.setTransform(1, 0, 0, 1, 0, 0); pen.clearRect(0, 0, canvas.width, canvas.height); }
  return { start, stop, draw, find, clear };
}
