// Lines over the last two minutes.
function draw_chart(id, legend_id, series, shown) {
  const svg = document.getElementById(id);
  const points = state.points;
  const width = 600, height = 160, left = 44, bottom = 18;
  const most = Math.max(1e-9, ...points.flatMap((point) => series.map((one) => point[one.name] || 0)));
  const x = (i) => left + (width - left - 6) * (points.length > 1 ? i / (points.length - 1) : 1);
  const y = (value) => 6 + (height - bottom - 6) * (1 - value / most);
  const parts = [];
  for (const share of [0, 0.5, 1]) {
    parts.push(`<line x1="${left}" x2="${width}" y1="${y(share * most)}" y2="${y(share * most)}" stroke="var(--line)"/>`);
    parts.push(`<text x="${left - 6}" y="${y(share * most) + 4}" text-anchor="end" font-size="11" fill="var(--soft)">${shown(share * most)}</text>`);
  }
  for (const one of series) {
    const line = points.map((point, i) => (point[one.name] === null ? null : `${x(i).toFixed(1)},${y(point[one.name]).toFixed(1)}`)).filter((pair) => pair);
    parts.push(`<polyline fill="none" stroke="${one.colour}" stroke-width="2" ${one.dash ? 'stroke-dasharray="5 3"' : ""} points="${line.join(" ")}"/>`);
  }
  svg.innerHTML = parts.join("");
  const last = points[points.length - 1];
  const words = series.map((one) => `${one.title} ${last ? shown(last[one.name]) : "-"}`);
  svg.setAttribute("aria-label", words.join(", "));
  const legend = document.getElementById(legend_id);
  legend.replaceChildren(...series.map((one, i) => {
    const mark = document.createElement("span");
    mark.textContent = (i ? "   " : "") + (one.dash ? "\u2504 " : "\u2501 ") + words[i];
    mark.style.color = one.colour;
    return mark;
  }));
}

function draw_charts() {
  draw_chart("rate-chart", "rate-legend", [
    { name: "replicas", title: "reads on replicas", colour: "var(--green)" },
    { name: "primary", title: "reads on the primary", colour: "var(--blue)" },
    { name: "writes", title: "writes", colour: "var(--amber)", dash: true },
  ], (value) => shown_number(value === null ? null : Math.round(value)));
  draw_chart("time-chart", "time-legend", [
    { name: "p50", title: "p50 \u2264", colour: "var(--green)" },
    { name: "p99", title: "p99 \u2264", colour: "var(--red)", dash: true },
  ], shown_ms);
}
