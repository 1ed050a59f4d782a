// Opens certificates in Chromium: each asks for nothing, nothing on it is cut off, and it prints on one A4 page.
// usage: node certificate_chromium.mjs FILE.html… (TALLY_PICTURES=DIRECTORY keeps pictures of the pages)
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const profile = mkdtempSync(join(tmpdir(), "tally-chromium-"));
const browser = spawn("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", `--user-data-dir=${profile}`,
  "--remote-debugging-pipe", "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const watchdog = setTimeout(() => { console.log("FAILED: no answer from chromium in 90 s"); browser.kill("SIGKILL"); process.exit(1); }, 90000);

let pending = "", number = 0;
const waiting = new Map(), listeners = new Map();
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
      listeners.get(message.sessionId)?.(message);
    }
  }
});
const send = (method, params = {}, sessionId = undefined) => new Promise((done, reject) => {
  waiting.set(++number, { resolve: done, reject });
  browser.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId }) + "\0");
});

const faults = [];
async function look(file) {
  const url = "file://" + resolve(file);
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
  await call("Emulation.setDeviceMetricsOverride", { width: 1000, height: 1250, deviceScaleFactor: 1, mobile: false });
  const loaded = new Promise(done => listeners.set(sessionId, message => {
    if (message.method === "Page.loadEventFired") done();
    if (message.method === "Log.entryAdded" && ["error", "warning"].includes(message.params.entry.level)) faults.push(`${file}: ${message.params.entry.text}`);
    if (message.method === "Network.requestWillBeSent" && message.params.request.url !== url) faults.push(`${file}: request to ${message.params.request.url}`);
  }));
  await call("Page.navigate", { url });
  await loaded;
  const ask = async expression => (await call("Runtime.evaluate", { expression, returnByValue: true })).result.value;
  const check = async (expression, what) => { if (!await ask(expression)) faults.push(`${file}: ${what}`); };
  for (const media of ["screen", "print"]) {
    await call("Emulation.setEmulatedMedia", { media });
    await check("document.body.scrollHeight <= document.body.clientHeight + 1", `cut off below (${media})`);
    await check("document.body.scrollWidth <= document.body.clientWidth + 1", `cut off at the side (${media})`);
    await check("document.querySelector('footer').getBoundingClientRect().bottom <= document.body.getBoundingClientRect().bottom", `the footer is not on the page (${media})`);
    await check("[...document.querySelectorAll('td,th,dd')].every(c => c.scrollWidth <= c.clientWidth + 1)", `a cell runs over (${media})`);
  }
  await check("document.scripts.length === 0 && document.querySelectorAll('img,link,iframe,object').length === 0", "not plain");
  const { data } = await call("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
  const pdf = Buffer.from(data, "base64");
  const pages = pdf.toString("latin1").match(/\/Type \/Page\b(?!s)/g)?.length;
  if (pages !== 1) faults.push(`${file}: prints on ${pages} pages`);
  if (process.env.TALLY_PICTURES) {
    await call("Emulation.setEmulatedMedia", { media: "screen" });
    const shot = await call("Page.captureScreenshot", { format: "png" });
    writeFileSync(join(process.env.TALLY_PICTURES, basename(file) + ".png"), Buffer.from(shot.data, "base64"));
  }
}

try {
  for (const file of process.argv.slice(2)) await look(file);
} catch (error) {
  faults.push(String(error));
} finally {
  clearTimeout(watchdog);
  const gone = new Promise(done => browser.once("exit", done));
  send("Browser.close").catch(() => {});
  const late = setTimeout(() => browser.kill("SIGKILL"), 10000);
  await gone;
  clearTimeout(late);
  try { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch { /* its children may still write */ }
}
for (const fault of faults) console.log("FAILED: " + fault);
console.log(faults.length === 0 ? "every certificate is one whole page" : `${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
