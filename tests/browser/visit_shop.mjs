// visit_shop.mjs CHROMIUM URL PICTURES: a person in the shop, from the first look to an order, and as its administrator. Each
// thing that was seen is a line on standard output; {"wants": what} asks the caller to do something, who answers with a line.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(process.env.NODE_MODULES_OF + "/package.json");
const { chromium } = require("playwright-core");
const [program, url, pictures] = process.argv.slice(2);
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const patience = { timeout: 60000 };
const password = "correct horse battery";
const email = `visitor-${process.pid}@example.org`;

function say(line) { process.stdout.write(JSON.stringify(line) + "\n"); }
async function ask(what) { say({ wants: what }); return (await answers.next()).value; }

const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
context.setDefaultTimeout(patience.timeout);
const page = await context.newPage();
const complaints = [];
const elsewhere = [];
const failures = [];
// What is not there, or not for everybody, is asked for on purpose.
page.on("console", (message) => {
  if (["error", "warning"].includes(message.type()) && !/status of (401|403|404)/.test(message.text())) complaints.push(message.text());
});
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => { if (!request.url().startsWith(url)) elsewhere.push(request.url()); });
page.on("response", (response) => { if (response.status() >= 500) failures.push(`${response.status()} ${response.url()}`); });
const text = () => page.textContent("main");

await page.goto(url);
say({ seen: "catalogue", cards: await page.locator(".card").count(), pictures: await page.locator(".card svg.picture").count(),
      departments: await page.locator(".facets li").count() });
await page.screenshot({ path: `${pictures}/catalogue.png` });
await page.fill('header input[name="search"]', "oak");
await page.press('header input[name="search"]', "Enter");
await page.waitForURL(/search=oak/);
await page.click('.facets a:has-text("Boats")');
await page.click('.sorting a:has-text("Price, low first")');
const names = await page.$$eval(".card .name", (all) => all.map((one) => one.textContent));
const prices = await page.$$eval(".card .price", (all) => all.map((one) => Number(one.textContent.replace(/[^\d.]/g, ""))));
say({ seen: "search", names, prices, box: await page.inputValue('header input[name="search"]') });

await page.goto(`${url}/cart`);
say({ seen: "not logged in", text: await text() });
await page.goto(`${url}/account`);
const register = page.locator('form[data-action="register"]');
await register.locator('[name="name"]').fill("Vera Visitor");
await register.locator('[name="email"]').fill(email);
await register.locator('[name="password"]').fill(password);
await register.locator("button").click();
await page.waitForSelector("#account-link:has-text('Vera Visitor')");
await page.goto(`${url}/verify?code=${await ask(`code of ${email}`)}`);
await page.click('form[data-action="verify"] button');
await page.waitForSelector("#member-state:has-text('confirmed')");
await page.fill('form[data-action="set-profile"] [name="address"]', "1 Mill Lane");
await page.click('form[data-action="set-profile"] button');
await page.waitForSelector("#notice:has-text('Saved')");
say({ seen: "account", state: await page.textContent("#member-state") });

async function buy(product) {
  await page.goto(`${url}/products/${product}`);
  await page.click('form[data-action="add-to-cart"] button');
  await page.waitForSelector("#notice:has-text('In your cart now')");
  await page.goto(`${url}/cart`);
  const bought = page.waitForResponse((response) => response.url().endsWith("/api/checkout"));
  await page.click('form[data-action="check-out"] button');
  const answer = await bought;
  await page.waitForURL(/\/orders\/\d+$/);
  return answer;
}

await page.goto(`${url}/products/3`);
await page.screenshot({ path: `${pictures}/product.png` });
await page.click('form[data-action="hold"] button');
await page.waitForSelector("#notice:has-text('held for you')");
await page.goto(`${url}/cart`);
say({ seen: "held", text: await text() });

const checkout = await buy(3);
const served = { checkout: checkout.headers()["x-served-by"], pages: [] };
const order = Number(page.url().split("/").pop());
let missing = 0;
for (let turn = 0; turn < 30 && new Set(served.pages).size < 3; ++turn) {
  const shown = await page.goto(`${url}/orders/${order}`);
  served.pages.push(shown.headers()["x-served-by"]);
  if (shown.status() !== 200 || !(await text()).includes("Mill") && !(await page.locator("table tbody tr").count())) ++missing;
}
await page.goto(`${url}/orders`);
say({ seen: "order", order, status: checkout.status(), missing, served, listed: (await text()).includes(`Order ${order}`) });
await page.screenshot({ path: `${pictures}/orders.png` });
await page.goto(`${url}/orders/${order}`);
await page.click('form[data-action="cancel-order"] button');
await page.waitForSelector(".cancelled");
say({ seen: "cancelled" });

await ask(`admin ${email}`);
await page.goto(`${url}/account`);
await page.waitForSelector("#admin-link:not([hidden])");
await page.click("#admin-link a");
await page.fill('main form.search input[name="search"]', "oak chair");
await page.click("main form.search button");
const row = page.locator("tbody tr").first();
const before = Number(await row.locator("td").nth(1).textContent());
await row.locator('[name="quantity"]').fill("7");
await row.locator('form[data-action="restock"] button').click();
await page.waitForSelector("#notice:has-text('There are')");
const after = Number(await row.locator("td").nth(1).textContent());
await row.locator('[name="price_cents"]').fill("4242");
await row.locator('form[data-action="set-price"] button').click();
await page.waitForSelector("#notice:has-text('The price is set')");
await page.screenshot({ path: `${pictures}/admin.png` });
await row.locator("a").click();
await page.waitForSelector("article.product");
say({ seen: "admin", before, after, price: await page.textContent("article .price") });

const lost = await page.goto(`${url}/products/99999999`);
const nowhere = await page.goto(`${url}/nowhere`);
say({ seen: "errors", statuses: [lost.status(), nowhere.status()], text: await text(), links: await page.locator("main a").count() });
await page.screenshot({ path: `${pictures}/error.png` });

await ask("failover");
const began = Date.now();
const through = await buy(5);
say({ seen: "failover", status: through.status(), seconds: (Date.now() - began) / 1000, text: await text() });
await page.goto(url);

await page.emulateMedia({ colorScheme: "dark" });
await page.setViewportSize({ width: 390, height: 800 });
await page.goto(`${url}/?search=lamp`);
const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
await page.screenshot({ path: `${pictures}/phone-dark.png` });
const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
await page.keyboard.press("Tab");
const focused = await page.evaluate(() => document.activeElement.tagName);
const unnamed = await page.$$eval("input, button", (all) => all.filter((one) =>
  !(one.textContent.trim() || one.getAttribute("aria-label") || one.closest("label"))).length);
say({ seen: "phone", wide, dark, focused, unnamed });

await page.goto(`${url}/account`);
await page.click('form[data-action="log-out"] button');
await page.waitForSelector("#account-link:has-text('Log in')");
say({ seen: "end", complaints, elsewhere, failures });
await browser.close();
process.exit(0);
