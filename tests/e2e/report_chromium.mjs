// Opens a report in Chromium and asserts that it is whole without any network: no console error, no request, tables that
// sort and filter, structure that can be read aloud, and everything still there without script.
// usage: node report_chromium.mjs report.html [DIRECTORY for screenshots and PDF]
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [page, pictures] = process.argv.slice(2);
const program = ["chromium", "chromium-browser", "google-chrome"].find(name => {
  try { execFileSync("sh", ["-c", `command -v ${name}`]); return true; } catch { return false; }
});
if (!program) {
  console.log("skipped: no chromium on this machine");
  process.exit(77);
}

const profile = mkdtempSync(join(tmpdir(), "tally-chromium-"));
const browser = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

// The debugging pipe: JSON messages ended by NUL, on descriptors 3 (to) and 4 (from).
let pending = "", number = 0;
const waiting = new Map(), listeners = [];
browser.stdio[4].setEncoding("utf8");
browser.stdio[4].on("data", chunk => {
  pending += chunk;
  for (let end = pending.indexOf("\0"); end >= 0; end = pending.indexOf("\0")) {
    const message = JSON.parse(pending.slice(0, end));
    pending = pending.slice(end + 1);
    const answer = waiting.get(message.id);
    if (answer) {
      waiting.delete(message.id);
      message.error ? answer.reject(new Error(message.error.message)) : answer.resolve(message.result);
    } else {
      for (const listener of listeners) listener(message);
    }
  }
});
const send = (method, params = {}, sessionId = undefined) => new Promise((done, reject) => {
  waiting.set(++number, { resolve: done, reject });
  browser.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId }) + "\0");
});

const faults = [];
const check = (truth, what) => { if (!truth) faults.push(what); };
const watchdog = setTimeout(() => { console.log("FAILED: no answer from chromium in 60 s"); browser.kill("SIGKILL"); process.exit(1); }, 60000);

async function open(url, settings = []) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
  await call("Emulation.setDeviceMetricsOverride", { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false });
  for (const [method, params] of settings) await call(method, params);
  const loaded = new Promise(done => listeners.push(message => {
    if (message.sessionId !== sessionId) return;
    const p = message.params;
    if (message.method === "Page.loadEventFired") done();
    if (message.method === "Runtime.exceptionThrown") faults.push("script error: " + p.exceptionDetails.text);
    if (message.method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(p.type)) faults.push("console " + p.type);
    if (message.method === "Log.entryAdded" && ["error", "warning"].includes(p.entry.level)) faults.push("browser: " + p.entry.text);
    if (message.method === "Network.requestWillBeSent" && p.request.url !== url.split("#")[0] && !p.request.url.startsWith("data:"))
      faults.push("request to " + p.request.url);
  }));
  await call("Page.navigate", { url });
  await loaded;
  const ask = async expression => {
    const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return { call, ask };
}

async function picture(tab, name, width = 1280) {
  await tab.call("Page.bringToFront");
  await tab.call("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
  const height = await tab.ask("document.documentElement.scrollHeight");
  await tab.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  const { data } = await tab.call("Page.captureScreenshot", { format: "png" });
  writeFileSync(join(pictures, name), Buffer.from(data, "base64"));
}

const scheme = value => ["Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] }];
const url = "file://" + resolve(page);

try {
  const tab = await open(url, [scheme("light")]);
  check(await tab.ask("document.title.startsWith('Licence position')"), "no title");
  check(await tab.ask("document.documentElement.lang === 'en'"), "no language");
  check(await tab.ask("[...document.querySelectorAll('table')].every(t => t.caption && t.caption.textContent.length > 5)"), "a table without caption");
  check(await tab.ask("[...document.querySelectorAll('th')].every(h => h.scope === 'col' || h.scope === 'row')"), "a header without scope");
  check(await tab.ask("[...document.querySelectorAll('svg')].every(s => s.ariaHidden === 'true' || s.getAttribute('role') === 'img')"), "a picture without role");
  check(await tab.ask("[...document.querySelectorAll('svg[role=img]')].every(s => s.getAttribute('aria-label') || s.querySelector('title,desc'))"), "a picture without words");
  check(await tab.ask("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length === new Set(ids).size; })()"), "an id twice");
  check(await tab.ask("[...document.querySelectorAll('a[href^=\"#\"]')].every(a => document.getElementById(a.hash.slice(1)))"), "a link to nowhere");
  check(await tab.ask("[...document.querySelectorAll('a[href]')].every(a => a.getAttribute('href').startsWith('#'))"), "a link to the outside");
  check(await tab.ask("[...document.querySelectorAll('h1,h2,h3')].every((h, i, all) => i === 0 || h.tagName[1] - all[i - 1].tagName[1] <= 1)"), "a heading level left out");
  check(await tab.ask("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");

  await tab.call("Input.dispatchKeyEvent", { type: "keyDown", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
  check(await tab.ask("document.activeElement.className === 'skip'"), "the first Tab does not reach the skip link");

  if (await tab.ask("!!document.getElementById('t-ways')")) {
    const sorted = direction => `(() => { const t = document.getElementById("t-ways"); t.tHead.rows[0].cells[1].querySelector("button").click();
      const v = [...t.tBodies[0].rows].map(r => Number(r.cells[1].dataset.k)); return v.every((x, i) => i === 0 || ${direction}) &&
      t.tHead.rows[0].cells[1].hasAttribute("aria-sort"); })()`;
    check(await tab.ask(sorted("x >= v[i - 1]")), "a table does not sort upwards");
    check(await tab.ask(sorted("x <= v[i - 1]")), "a table does not sort downwards");
  }
  if (await tab.ask("document.querySelectorAll('.filter').length > 0")) {
    const left = await tab.ask(`(() => { const bar = document.querySelector("#users .filter"); const i = bar.querySelector("input");
      i.value = "hig acd"; i.dispatchEvent(new Event("input")); return [...document.querySelectorAll("#t-users tbody tr")].filter(r => !r.hidden).length; })()`);
    const all = await tab.ask("document.querySelectorAll('#t-users tbody tr').length");
    check(left > 0 && left < all, `the filter leaves ${left} of ${all} rows`);
  }
  const finding = await tab.ask("document.querySelector('details')?.id ?? ''");
  if (finding) {
    await tab.ask(`void (location.hash = "#${finding}")`);
    await new Promise(done => setTimeout(done, 100));
    check(await tab.ask(`document.getElementById("${finding}").open`), "a link to a finding does not open it");
  }

  const bare = await open(url, [["Emulation.setScriptExecutionDisabled", { value: true }]]);
  check(await bare.ask("document.querySelectorAll('main > section').length === 13"), "without script a section is missing");
  const narrow = await open(url, [["Emulation.setDeviceMetricsOverride", { width: 380, height: 800, deviceScaleFactor: 1, mobile: true }]]);
  check(await narrow.ask("document.documentElement.scrollWidth <= innerWidth"), "on a telephone the page scrolls sideways");
  const dark = await open(url, [scheme("dark")]);
  check(await dark.ask("getComputedStyle(document.body).backgroundColor") !== await tab.ask("getComputedStyle(document.body).backgroundColor"), "dark looks like light");

  if (pictures) {
    const light = await open(url, [scheme("light")]);
    await picture(light, "light.png");
    await picture(dark, "dark.png");
    await picture(narrow, "narrow.png", 380);
    await light.call("Emulation.setEmulatedMedia", { media: "print" });
    await picture(light, "print.png", 1010);
    const { data } = await light.call("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
    writeFileSync(join(pictures, "print.pdf"), Buffer.from(data, "base64"));
  }
} catch (error) {
  faults.push(String(error));
} finally {
  clearTimeout(watchdog);
  const gone = new Promise(done => browser.once("exit", done));
  send("Browser.close").catch(() => {});
  const late = setTimeout(() => browser.kill("SIGKILL"), 10000);
  await gone;
  clearTimeout(late);
  // Its children may still be writing for a moment; what is left then is the system's to clean.
  try { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch { /* not the report's fault */ }
}
for (const fault of faults) console.log("FAILED: " + fault);
console.log(faults.length === 0 ? "the report is whole: " + page : `${faults.length} faults in ${page}`);
process.exit(faults.length === 0 ? 0 : 1);
