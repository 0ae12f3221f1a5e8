// What Weir has said of late, and what follows from the difference of two events.
const kept_points = 120;
const state = { now: null, before: null, digests: [], advice: [], points: [] };

function add_event(next) {
  state.before = state.now;
  state.now = next;
  if (next.digests) { state.digests = next.digests; state.advice = next.advice; }
  if (!state.before || state.before.uptime > next.uptime) { state.points = []; state.before = null; return; }
  const seconds = (next.at - state.before.at) / 1e6;
  if (seconds <= 0) return;
  const rate = (name) => (next.totals[name] - state.before.totals[name]) / seconds;
  const times = difference(next.totals.seconds, state.before.totals.seconds);
  state.points.push({
    at: next.at,
    primary: rate("reads_on_primary"), replicas: rate("reads_on_replicas"), writes: rate("writes"),
    p50: quantile(times, 0.5), p99: quantile(times, 0.99),
  });
  if (state.points.length > kept_points) state.points.shift();
}

function difference(now, before) {
  return { counts: now.counts.map((count, i) => count - (before ? before.counts[i] : 0)), sum: now.sum - (before ? before.sum : 0) };
}

// The bound below which that share is, in seconds; null where nothing was counted.
function quantile(histogram, share) {
  const all = histogram.counts.reduce((sum, count) => sum + count, 0);
  if (all <= 0) return null;
  let seen = 0;
  const bounds = state.now.bounds;
  for (let i = 0; i < histogram.counts.length; i++) {
    seen += histogram.counts[i];
    if (histogram.counts[i] > 0 && seen >= share * all) return bounds[Math.min(i, bounds.length - 1)];
  }
  return null;
}

// Of a node's counter, a second.
function node_rate(cluster, node, name) {
  if (!state.before) return null;
  const old_cluster = state.before.clusters.find((one) => one.name === cluster.name);
  const old = old_cluster && old_cluster.nodes.find((one) => one.name === node.name);
  const seconds = (state.now.at - state.before.at) / 1e6;
  return old && seconds > 0 ? Math.max(0, (node[name] - old[name]) / seconds) : null;
}

function shown_number(value) {
  if (value === null || value === undefined) return "-";
  if (Math.abs(value) >= 1e6) return (value / 1e6).toFixed(1) + " M";
  if (Math.abs(value) >= 1e4) return (value / 1e3).toFixed(1) + " k";
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

function shown_bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
  return (unit ? value.toFixed(1) : value) + " " + units[unit];
}

function shown_ms(seconds) {
  return seconds === null || seconds === undefined ? "-" : (seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0);
}
