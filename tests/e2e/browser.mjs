// Chromium without a window, driven through its debugging pipe: pages that must ask for nothing and complain of nothing.
// Every console error, script error and request but the page itself is a fault.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = ["chromium", "chromium-browser", "google-chrome"].find(name => {
  try { execFileSync("sh", ["-c", `command -v ${name}`]); return true; } catch { return false; }
});
if (!program) {
  console.log("skip: no chromium on this machine");
  process.exit(77);
}

const profile = mkdtempSync(join(tmpdir(), "tally-chromium-"));
const browser = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

// The debugging pipe: JSON messages ended by NUL, on descriptors 3 (to) and 4 (from).
let pending = [], number = 0;
const waiting = new Map(), listeners = [];
browser.stdio[4].setEncoding("utf8");
const take = text => {
  const message = JSON.parse(text);
  const answer = waiting.get(message.id);
  if (answer) {
    waiting.delete(message.id);
    message.error ? answer.reject(new Error(message.error.message)) : answer.resolve(message.result);
  } else {
    for (const listener of listeners) listener(message);
  }
};
browser.stdio[4].on("data", chunk => {
  const parts = chunk.split("\0");
  for (const part of parts.slice(0, -1)) {
    take(pending.join("") + part);
    pending = [];
  }
  pending.push(parts.at(-1));
});
const send = (method, params = {}, sessionId = undefined) => new Promise((done, reject) => {
  waiting.set(++number, { resolve: done, reject });
  browser.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId }) + "\0");
});

const faults = [];
export const check = (truth, what) => { if (!truth) faults.push(what); };
export const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
export const scheme = value => ["Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] }];
export const size = (width, height) => ["Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 }];
export const scriptless = ["Emulation.setScriptExecutionDisabled", { value: true }];

export async function open(url, settings = []) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(`${domain}.enable`);
  await call(...size(1280, 900));
  for (const [method, params] of settings) await call(method, params);
  const loaded = new Promise(done => listeners.push(message => {
    if (message.sessionId !== sessionId) return;
    const p = message.params;
    if (message.method === "Page.loadEventFired") done();
    if (message.method === "Runtime.exceptionThrown") faults.push("script error: " + (p.exceptionDetails.exception?.description ?? p.exceptionDetails.text));
    if (message.method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(p.type)) faults.push("console " + p.type);
    if (message.method === "Log.entryAdded" && ["error", "warning"].includes(p.entry.level)) faults.push("browser: " + p.entry.text);
    if (message.method === "Network.requestWillBeSent" && p.request.url.split("#")[0] !== url.split("#")[0] && !p.request.url.startsWith("data:"))
      faults.push("request to " + p.request.url);
  }));
  await call("Page.navigate", { url });
  await loaded;
  const ask = async (expression, wait = false) => {
    const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: wait });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const codes = { Tab: 9, Enter: 13, " ": 32, ArrowDown: 40, ArrowUp: 38, Escape: 27 };
  const press = async (key, shift = false) => {
    const what = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0), modifiers: shift ? 8 : 0 };
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    await call("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", ...what, text });
    await call("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  };
  const picture = async (file, width, most = 12000) => {
    await call("Page.bringToFront");
    await call(...size(width, 900));
    const height = Math.min(most, await ask("document.documentElement.scrollHeight"));
    await call(...size(width, height));
    await pause(200);
    const { data } = await call("Page.captureScreenshot", { format: "png" });
    writeFileSync(file, Buffer.from(data, "base64"));
  };
  return { call, ask, press, picture };
}

// Runs `work`, closes the browser, prints the faults; the exit code tells whether there was none.
export async function judge(name, seconds, work) {
  const watchdog = setTimeout(() => { console.log(`FAILED: no answer from chromium in ${seconds} s`); browser.kill("SIGKILL"); process.exit(1); }, seconds * 1000);
  try {
    await work();
  } catch (error) {
    faults.push(String(error.stack ?? error));
  }
  clearTimeout(watchdog);
  const gone = new Promise(done => browser.once("exit", done));
  send("Browser.close").catch(() => {});
  const late = setTimeout(() => browser.kill("SIGKILL"), 10000);
  await gone;
  clearTimeout(late);
  // Its children may still be writing for a moment; what is left then is the system's to clean.
  try { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch { /* not the report's fault */ }
  for (const fault of faults) console.log("FAILED: " + fault);
  console.log(faults.length === 0 ? "no fault: " + name : `${faults.length} faults in ${name}`);
  process.exit(faults.length === 0 ? 0 : 1);
}
