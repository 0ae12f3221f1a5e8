// visit.mjs CHROMIUM URL PICTURES: looks at the dashboard as a person would. Each thing that was seen is a line on
// standard output, {"seen": name, ...}; {"wants": what} asks the caller to do something, who answers with a line.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(process.env.NODE_MODULES_OF + "/package.json");
const { chromium } = require("playwright-core");
const [program, url, pictures] = process.argv.slice(2);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const patience = { timeout: 15000 };

function say(line) { process.stdout.write(JSON.stringify(line) + "\n"); }
async function ask(what) { say({ wants: what }); return (await answers.next()).value; }

// page.waitForFunction() evaluates text, which the page's policy forbids.
async function until(check, argument) {
  const deadline = Date.now() + patience.timeout;
  while (!(await page.evaluate(check, argument))) {
    if (Date.now() > deadline) throw new Error(`never: ${check}`);
    await page.waitForTimeout(50);
  }
}

const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const page = await context.newPage();
const complaints = [];
const elsewhere = [];
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  if (!request.url().startsWith(url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
});

await page.goto(url);
await until(() => document.querySelector("#link").textContent === "live");
await page.waitForSelector(".node.primary", patience);
say({ seen: "topology", roles: await page.$$eval(".node", (all) => all.map((one) => one.className.split(" ")[1]).sort()) });

await until(() => document.querySelectorAll("#digest-table tbody tr").length >= 2);
const texts = () => page.$$eval("#digest-table tbody tr", (rows) => rows.map((row) => row.children[2].textContent));
await page.click('#digest-table th button:has-text("Calls")');
const down = await texts();
await page.click('#digest-table th button:has-text("Calls")');
say({ seen: "sorted", down, up: await texts(), order: await page.getAttribute('#digest-table th:nth-child(3)', "aria-sort") });
const rows_before = (await texts()).length;
await page.fill("#filter", "no statement has this");
await page.waitForSelector("#digest-table .empty", patience);
await page.fill("#filter", "");
say({ seen: "filter", rows_before, rows_after: (await texts()).length });

await page.fill('input[name="database"]', "app");
await page.fill('input[name="user"]', "app");
await page.fill('textarea[name="statement"]', "select word from words where id = 7");
await page.click('#route-form button[type="submit"]');
await page.waitForSelector("#route-answer table", patience);
say({ seen: "route", told: await page.$$eval("#route-answer tr", (all) => all.map((row) => [row.children[0].textContent, row.children[1].textContent])) });
await page.fill('input[name="database"]', "app");
await page.fill('textarea[name="statement"]', "delete from words");
await page.keyboard.press("Tab");
await page.keyboard.press("Enter");  // the button, by keyboard alone
await until(() => document.querySelector("#route-answer").textContent.includes("not_read_only"));
say({ seen: "route by keyboard" });

const fresh = await context.newPage();
await fresh.goto(url);
await fresh.keyboard.press("Tab");
say({ seen: "first stop of the keyboard", text: await fresh.evaluate(() => document.activeElement.textContent) });
await fresh.waitForSelector(".node.primary", patience);
say({ seen: "much", ...(await fresh.evaluate(() => {
  const next = JSON.parse(JSON.stringify(state.now));
  const cluster = next.clusters[0];
  cluster.nodes = Array.from({ length: 50 }, (_, i) => ({ ...cluster.nodes[0], name: `node-${i}`, role: i ? "replica" : "primary" }));
  const one = state.digests[0];
  next.digests = Array.from({ length: 1000 }, (_, i) => ({ ...one, digest: String(i).padStart(32, "0"), text: `${one.text} ${i}` }));
  next.advice = [];
  next.at += 1e6;
  const since = performance.now();
  add_event(next);
  draw();
  document.body.getBoundingClientRect();
  return { milliseconds: performance.now() - since, nodes: document.querySelectorAll(".node").length,
    digests: document.querySelectorAll("#digest-table tbody tr").length };
})) });
await fresh.close();
say({ seen: "names", unnamed: await page.$$eval("input, textarea, button, svg[role=img]", (all) => all.filter((one) =>
  !(one.labels && one.labels.length) && !one.textContent.trim() && !one.getAttribute("aria-label")).map((one) => one.outerHTML.slice(0, 80))) });

await page.screenshot({ path: `${pictures}/light.png`, fullPage: true });
const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = await back();
await page.click("#theme");
say({ seen: "dark", light, dark: await back(), pressed: await page.getAttribute("#theme", "aria-pressed") });
await page.screenshot({ path: `${pictures}/dark.png`, fullPage: true });
await page.setViewportSize({ width: 360, height: 740 });
say({ seen: "phone", width: await page.evaluate(() => document.documentElement.scrollWidth) });
await page.screenshot({ path: `${pictures}/phone.png` });
await page.setViewportSize({ width: 1280, height: 900 });

const successor = await ask("promotion");
const since = Date.now();
await until((name) => [...document.querySelectorAll(".node.primary h4")].some((one) => one.textContent.includes(name)), successor);
say({ seen: "promotion", milliseconds: Date.now() - since });
await until(() => document.querySelector("#event-table").textContent.includes("primary"));
say({ seen: "event" });
say({ seen: "end", complaints, elsewhere });
await browser.close();
process.exit(0);
