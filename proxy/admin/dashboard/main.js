// The page follows /api/events; nothing is asked for by hand.
function draw_numbers() {
  const now = state.now, last = state.points[state.points.length - 1] || {};
  const reads = (last.primary || 0) + (last.replicas || 0);
  const share = reads > 0 ? Math.round(100 * last.replicas / reads) + " %" : "-";
  const numbers = [
    ["reads a second", shown_number(Math.round(reads))], ["of them on replicas", share], ["writes a second", shown_number(Math.round(last.writes || 0))],
    ["p99 ms \u2264", shown_ms(last.p99)], ["clients", `${now.clients.all} / ${now.clients.limit}`], ["clients waiting", now.clients.waiting],
    ["stale reads avoided", shown_number(now.totals.stale_reads_avoided)],
  ];
  document.getElementById("numbers").replaceChildren(...numbers.map(([title, value]) => {
    const box = element("div");
    box.append(element("b", value), element("span", title));
    return box;
  }));
}

function node_card(cluster, node) {
  const card = element("li", null, `node ${node.role} ${node.up ? "" : "down"}`);
  const title = element("h4", node.name + " ");
  title.append(element("span", node.up ? node.role : "down", `tag ${node.up ? "" : "bad"}`));
  if (node.drained) title.append(" ", element("span", "drained", "tag warn"));
  card.append(title);
  if (node.trouble) card.append(element("p", node.trouble, "bad"));
  const list = element("dl");
  const add = (name, value) => list.append(element("dt", name), element("dd", value));
  add("timeline", node.timeline || "-");
  add("position", node.position);
  if (node.role === "replica") add("lag", node.up ? `${node.lag_ms} ms, ${shown_bytes(node.lag_bytes)}` : "-");
  add("reads / s", shown_number(node_rate(cluster, node, "reads")));
  add("writes / s", shown_number(node_rate(cluster, node, "writes")));
  add("p99 ms \u2264", shown_ms(quantile(node.seconds, 0.99)));
  add("connections", node.connections);
  if (node.read_percent < 100) add("share of reads", node.read_percent + " %");
  card.append(list);
  return card;
}

function draw_clusters() {
  document.getElementById("clusters").replaceChildren(...state.now.clusters.flatMap((cluster) => {
    const list = element("ul", null, "nodes");
    const rank = (node) => (node.role === "primary" ? 0 : 1);
    list.append(...[...cluster.nodes].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)).map((node) => node_card(cluster, node)));
    return [element("h3", `Cluster ${cluster.name}`), list];
  }));
}

function draw_reasons() {
  const reasons = Object.entries(state.now.totals.reasons).sort((a, b) => b[1] - a[1]);
  const most = reasons.length ? reasons[0][1] : 1;
  const table = element("table"), body = element("tbody");
  for (const [name, count] of reasons) {
    const line = element("tr"), cell = element("td"), bar = element("span", null, "bar");
    bar.style.width = Math.max(1, 100 * count / most) + "%";
    cell.style.width = "60%";
    cell.append(bar);
    const head = element("th", name);
    head.scope = "row";
    line.append(head, element("td", shown_number(count), "number"), cell);
    body.append(line);
  }
  table.append(body);
  document.getElementById("reasons").replaceChildren(reasons.length ? table : element("p", "No request yet.", "empty"));
}

function draw_advice() {
  const all = state.advice.map((one) => {
    const box = element("div", null, "advice");
    box.append(element("p", one.finding + (one.seconds > 0 ? ` \u2014 ${one.requests} requests, ${one.seconds.toFixed(2)} s of the primary's time` : "")), element("pre", one.change));
    return box;
  });
  document.getElementById("advice-list").replaceChildren(...(all.length ? all : [element("p", "Nothing to say.", "empty")]));
}

function draw() {
  document.getElementById("version").textContent = state.now.version + (state.now.draining ? ", draining" : "");
  draw_numbers();
  draw_clusters();
  draw_reasons();
  draw_charts();
  draw_tables();
  draw_advice();
}

function follow() {
  const link = document.getElementById("link");
  const source = new EventSource("/api/events");
  source.onopen = () => { link.textContent = "live"; link.className = ""; };
  source.onerror = () => { link.textContent = "no connection"; link.className = "lost"; };
  source.onmessage = (event) => { add_event(JSON.parse(event.data)); draw(); };
}

function choose_theme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const button = document.getElementById("theme");
  button.textContent = dark ? "Light" : "Dark";
  button.setAttribute("aria-pressed", String(dark));
}

async function explain(event) {
  event.preventDefault();
  const answer = document.getElementById("route-answer");
  const reply = await fetch("/api/route?" + new URLSearchParams(new FormData(event.target)));
  if (!reply.ok) { answer.replaceChildren(element("p", await reply.text(), "bad")); return; }
  const told = await reply.json();
  const table = element("table"), body = element("tbody");
  for (const [item, value] of told.rows) {
    const line = element("tr"), head = element("th", item);
    head.scope = "row";
    line.append(head, element("td", value));
    body.append(line);
  }
  table.append(body);
  answer.replaceChildren(table);
}

const dark_wanted = window.matchMedia("(prefers-color-scheme: dark)");
choose_theme(dark_wanted.matches);
dark_wanted.addEventListener("change", (event) => choose_theme(event.matches));
document.getElementById("theme").addEventListener("click", () => choose_theme(document.documentElement.dataset.theme !== "dark"));
document.getElementById("filter").addEventListener("input", draw_tables);
document.getElementById("route-form").addEventListener("submit", explain);
follow();
