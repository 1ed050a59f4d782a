// Opens a report in Chromium and asserts that it is whole without any network: no console error, no request, tables that
// sort and filter, structure that can be read aloud, and everything still there without script.
// usage: node report_chromium.mjs report.html [DIRECTORY for screenshots and PDF]
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { check, judge, open, pause, scheme, scriptless, size } from "./browser.mjs";

const [page, pictures] = process.argv.slice(2);
const url = "file://" + resolve(page);

async function structure(tab) {
  const all = (selector, truth) => tab.ask(`[...document.querySelectorAll(${JSON.stringify(selector)})].every(${truth})`);
  check(await tab.ask("document.title.startsWith('Licence position')"), "no title");
  check(await tab.ask("document.documentElement.lang === 'en'"), "no language");
  check(await all("table", "t => t.caption && t.caption.textContent.length > 5"), "a table without caption");
  check(await all("th", "h => h.scope === 'col' || h.scope === 'row'"), "a header without scope");
  check(await all("svg", "s => s.ariaHidden === 'true' || s.getAttribute('role') === 'img'"), "a picture without role");
  check(await all("svg[role=img]", "s => s.getAttribute('aria-label') || s.querySelector('title,desc')"), "a picture without words");
  check(await all("input", "i => i.getAttribute('aria-label').length > 7"), "a field without a name of its own");
  check(await tab.ask("(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length === new Set(ids).size; })()"), "an id twice");
  check(await all("a[href^='#']", "a => document.getElementById(a.hash.slice(1))"), "a link to nowhere");
  check(await all("a[href]", "a => a.getAttribute('href').startsWith('#')"), "a link to the outside");
  check(await all("h1,h2,h3", "(h, i, list) => i === 0 || h.tagName[1] - list[i - 1].tagName[1] <= 1"), "a heading level left out");
  check(await tab.ask("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
}

async function tables(tab) {
  if (await tab.ask("!!document.getElementById('t-ways')")) {
    const sorted = (direction, state) => `(() => { const t = document.getElementById("t-ways"); t.tHead.rows[0].cells[1].querySelector("button").click();
      const v = [...t.tBodies[0].rows].map(r => Number(r.cells[1].dataset.k)); return v.every((x, i) => i === 0 || ${direction}) &&
      t.tHead.rows[0].cells[1].getAttribute("aria-sort") === "${state}"; })()`;
    check(await tab.ask(sorted("x >= v[i - 1]", "ascending")), "a table does not sort upwards");
    check(await tab.ask(sorted("x <= v[i - 1]", "descending")), "a table does not sort downwards");
  }
  if (await tab.ask("!!document.querySelector('#users .filter')")) {
    const rows = "document.querySelectorAll('#t-users tbody tr').length";
    const before = await tab.ask(rows);
    const type = words => tab.ask(`(() => { const i = document.querySelector("#users .filter input"); i.focus(); i.value = "${words}";
      i.dispatchEvent(new Event("input")); return ${rows}; })()`);
    const left = await type("hig acd");
    check(left > 0 && left < before, `the filter leaves ${left} of ${before} rows`);
    check(await tab.ask(`document.querySelector("#users .filter [role=status]").textContent.startsWith("${left} of ")`), "the filter does not say how many rows are left");
    check(await type("") === before, "an empty filter does not bring the rows back");
  }
}

async function links(tab) {
  const finding = await tab.ask("document.querySelector('details')?.id ?? ''");
  if (!finding) return;
  await tab.ask(`void (location.hash = "#${finding}")`);
  await pause(100);
  check(await tab.ask(`document.getElementById("${finding}").open`), "a link to a finding does not open it");
  check(await tab.ask(`document.activeElement.closest("details")?.id === "${finding}"`), "a link to a finding does not bring the keyboard there");
}

async function printed(tab) {
  const { data } = await tab.call("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
  const pages = Buffer.from(data, "base64").toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  check(pages > 1 && pages < 400, `printed on ${pages} pages`);
  check(await tab.ask("[...document.querySelectorAll('details')].every(d => !d.open)") , "printing leaves findings open");
  if (pictures) writeFileSync(join(pictures, "print.pdf"), Buffer.from(data, "base64"));
}

await judge(page, 90, async () => {
  const tab = await open(url, [scheme("light")]);
  await structure(tab);
  await tables(tab);
  await links(tab);
  const bare = await open(url, [scriptless]);
  check(await bare.ask("document.querySelectorAll('main > section').length") === await tab.ask("document.querySelectorAll('nav a').length"), "without script a section is missing");
  const narrow = await open(url, [size(380, 800)]);
  check(await narrow.ask("document.documentElement.scrollWidth <= innerWidth"), "on a telephone the page scrolls sideways");
  const dark = await open(url, [scheme("dark")]);
  check(await dark.ask("getComputedStyle(document.body).backgroundColor") !== await tab.ask("getComputedStyle(document.body).backgroundColor"), "dark looks like light");
  await printed(await open(url, [scheme("light")]));
  if (!pictures) return;
  for (const colours of ["light", "dark"])
    for (const width of [390, 820, 1440]) await (await open(url, [scheme(colours)])).picture(join(pictures, `${colours}-${width}.png`), width);
});
