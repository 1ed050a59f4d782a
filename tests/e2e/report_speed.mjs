// How fast a report is in Chromium: until it can be used, and from a letter typed into a filter to the painted rows.
// Judged by the processor time of the page's own thread, which other work on the machine does not lengthen much; the time
// on the wall is printed beside it. usage: node report_speed.mjs report.html MOST_MS_UNTIL_USABLE MOST_MS_OF_A_FILTER
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { check, judge, open, pause } from "./browser.mjs";

const [page, most_open, most_filter] = process.argv.slice(2);
const url = "file://" + resolve(page);
const threads = [["Performance.enable", { timeDomain: "threadTicks" }]];
const busy = async tab => (await tab.call("Performance.getMetrics")).metrics.find(m => m.name === "TaskDuration").value * 1000;
const shown = ({ wall, own }) => `${own.toFixed(0)} ms (${wall.toFixed(0)} on the wall)`;

await judge(page, 300, async () => {
  const opened = [];
  let tab;
  for (let i = 0; i < 3; ++i) {
    tab = await open(url, threads);
    await tab.call("Page.bringToFront");
    const wall = await tab.ask(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
      done(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd))))`, true);
    opened.push({ wall, own: await busy(tab) });
  }
  const figures = [];
  for (const [what, field, words] of [["persons", "#users .filter input", ["person0", "person012", "person01234", ""]],
    ["seats", "#seats .filter input", ["dormant", "product00004", ""]], ["findings", "#findings .filter input", ["person0", "product00007", ""]]]) {
    if (!(await tab.ask(`!!document.querySelector("${field}")`))) continue;
    const before = await busy(tab);
    await tab.ask(`document.querySelector("${field}").focus()`);
    await pause(100);
    console.log(`filter of ${what}: its rows made ready at the first focus in ${((await busy(tab)) - before).toFixed(0)} ms`);
    for (const word of words) {
      const from = await busy(tab);
      const wall = await tab.ask(`new Promise(done => { const field = document.querySelector("${field}"), from = performance.now(); field.value = "${word}";
        field.dispatchEvent(new Event("input")); document.body.getBoundingClientRect(); requestAnimationFrame(() => setTimeout(() => done(performance.now() - from))); })`, true);
      figures.push({ wall, own: (await busy(tab)) - from });
      console.log(`filter of ${what} by "${word}": ${shown(figures.at(-1))}`);
    }
  }
  const slowest = list => list.reduce((most, one) => (one.own > most.own ? one : most));
  console.log(`bytes ${statSync(page).size}, usable after ${opened.map(shown).join(", ")}, slowest filter ${shown(slowest(figures))}`);
  check(slowest(opened).own <= Number(most_open), `usable only after ${shown(slowest(opened))}`);
  check(slowest(figures).own <= Number(most_filter), `a filter took ${shown(slowest(figures))}`);
});
