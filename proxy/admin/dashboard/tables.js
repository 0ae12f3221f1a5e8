// Tables whose rows come from the state; a heading sorts.
const sorting = {};

function element(name, text, css) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (css) made.className = css;
  return made;
}

// columns: {title, value(row), shown(row)?, number?, code?}
function fill_table(id, columns, rows, nothing) {
  const place = document.getElementById(id);
  if (!rows.length) { place.replaceChildren(element("p", nothing, "empty")); return; }
  const order = sorting[id];
  if (order) {
    const value = columns[order.column].value;
    rows = [...rows].sort((a, b) => {
      const [one, other] = [value(a), value(b)];
      const less = typeof one === "string" ? one.localeCompare(other) : one - other;
      return order.down ? -less : less;
    });
  }
  const table = element("table"), head = element("tr");
  columns.forEach((column, i) => {
    const cell = element("th", null, column.number ? "number" : "");
    cell.scope = "col";
    const button = element("button", column.title + (order && order.column === i ? (order.down ? " \u2193" : " \u2191") : ""));
    button.type = "button";
    button.dataset.column = i;
    cell.setAttribute("aria-sort", order && order.column === i ? (order.down ? "descending" : "ascending") : "none");
    button.addEventListener("click", () => {
      sorting[id] = { column: i, down: order && order.column === i ? !order.down : Boolean(column.number) };
      draw_tables();
      place.querySelector(`button[data-column="${i}"]`).focus();
    });
    cell.append(button);
    head.append(cell);
  });
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    for (const column of columns) {
      const shown = column.shown ? column.shown(row) : column.value(row);
      const cell = element("td", column.code ? null : shown, column.number ? "number" : "");
      if (column.code) cell.append(element("code", shown));
      line.append(cell);
    }
    body.append(line);
  }
  const top = element("thead");
  top.append(head);
  table.append(top, body);
  const was = place.scrollTop;
  const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.dataset.column : null;
  place.replaceChildren(table);
  place.scrollTop = was;
  if (focused !== null && focused !== undefined) place.querySelector(`button[data-column="${focused}"]`).focus();
}

const calls = (d) => d.on_primary + d.on_replica + d.refused;
const digest_columns = [
  { title: "Statement", value: (d) => d.text || "(literals cannot be told from it)", code: true },
  { title: "Route", value: (d) => (d.on_replica > 0 ? (d.on_primary > 0 ? "both" : "replicas") : "primary"), shown: (d) => (d.on_replica > 0 ? (d.on_primary > 0 ? "both" : "replicas") : "primary") + ": " + d.reason },
  { title: "Calls", value: calls, shown: (d) => shown_number(calls(d)), number: true },
  { title: "On primary", value: (d) => d.on_primary, shown: (d) => shown_number(d.on_primary), number: true },
  { title: "Time s", value: (d) => d.primary_seconds + d.replica_seconds, shown: (d) => (d.primary_seconds + d.replica_seconds).toFixed(2), number: true },
  { title: "Primary s", value: (d) => d.primary_seconds, shown: (d) => d.primary_seconds.toFixed(2), number: true },
  { title: "p99 ms", value: (d) => quantile(d, 0.99) || 0, shown: (d) => shown_ms(quantile(d, 0.99)), number: true },
  { title: "Rows", value: (d) => d.rows, shown: (d) => shown_number(d.rows), number: true },
  { title: "Errors", value: (d) => d.errors, number: true },
  { title: "Digest", value: (d) => d.digest, shown: (d) => d.digest.slice(0, 8) + "\u2026" },
];

function draw_tables() {
  const wanted = document.getElementById("filter").value.toLowerCase();
  fill_table("digest-table", digest_columns, state.digests.filter((d) => (d.text + d.digest).toLowerCase().includes(wanted)), "No statement yet.");
  const now = state.now;
  if (!now) return;
  fill_table("pool-table", [
    { title: "Node", value: (p) => p.node }, { title: "Database", value: (p) => p.database }, { title: "User", value: (p) => p.user },
    { title: "In use", value: (p) => p.active, number: true }, { title: "Idle", value: (p) => p.idle, number: true },
    { title: "Opening", value: (p) => p.opening, number: true }, { title: "Size", value: (p) => p.size, number: true },
    { title: "Queue", value: (p) => p.waiting, number: true },
    { title: "Longest wait ms", value: (p) => p.longest_wait, shown: (p) => (p.longest_wait * 1000).toFixed(0), number: true },
  ], now.pools, "No pool yet.");
  fill_table("pin-table", [{ title: "Why", value: (p) => p[0] }, { title: "Clients", value: (p) => p[1], number: true }],
    Object.entries(now.pins), "No client keeps its connection between transactions.");
  fill_table("wait-table", [
    { title: "Stage", value: (w) => w[0] }, { title: "Waits", value: (w) => total(w[1]), number: true },
    { title: "p50 ms \u2264", value: (w) => quantile(w[1], 0.5) || 0, shown: (w) => shown_ms(quantile(w[1], 0.5)), number: true },
    { title: "p99 ms \u2264", value: (w) => quantile(w[1], 0.99) || 0, shown: (w) => shown_ms(quantile(w[1], 0.99)), number: true },
    { title: "Sum s", value: (w) => w[1].sum, shown: (w) => w[1].sum.toFixed(2), number: true },
  ], Object.entries(now.totals.waits), "");
  fill_table("rule-table", [
    { title: "Rule", value: (r) => r.name }, { title: "Mode", value: (r) => r.mode }, { title: "Matches", value: (r) => r.matches, code: true },
    { title: "Does", value: (r) => r.does }, { title: "Hits", value: (r) => r.hits, number: true },
    { title: "Refused", value: (r) => r.refused, number: true },
    { title: "Shadow: to primary", value: (r) => r.to_primary, number: true }, { title: "to replica", value: (r) => r.to_replica, number: true },
    { title: "to refusal", value: (r) => r.to_refusal, number: true },
  ], now.rules, "The configuration has no rules.");
  fill_table("event-table", [
    { title: "Time", value: (e) => e.at, shown: (e) => new Date(e.at / 1000).toLocaleString() }, { title: "Kind", value: (e) => e.kind },
    { title: "Event", value: (e) => e.text },
  ], [...now.events].reverse(), "Nothing has happened yet.");
}

function total(histogram) { return histogram.counts.reduce((sum, count) => sum + count, 0); }
