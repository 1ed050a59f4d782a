// axe-core over every section of a report, in light and dark, wide and narrow, findings closed and open: no violation.
// usage: node report_axe.mjs report.html axe.min.js
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { check, judge, open, scheme, size } from "./browser.mjs";

const [page, axe] = process.argv.slice(2);
const source = readFileSync(axe, "utf8");
const url = "file://" + resolve(page);

await judge(page, 300, async () => {
  for (const [colours, width] of [["light", 1280], ["dark", 1280], ["light", 390]]) {
    const tab = await open(url, [scheme(colours), size(width, 900)]);
    await tab.ask("for (const item of document.querySelectorAll('details.f')) item.open = item.parentElement.querySelector('details.f') === item;");
    await tab.ask(source + "; 0");
    const run = `axe.run(document, { resultTypes: ["violations"] }).then(r => ({ rules: r.passes.length, found: r.violations.map(v => v.id + " (" + v.impact + "), " + v.nodes.length + " times, as " + v.nodes[0].target.join(" ") + ": " + v.nodes[0].failureSummary.replace(/\\s+/g, " ")) }))`;
    const { rules, found } = await tab.ask(run, true);
    check(rules > 20, `only ${rules} rules had something to judge`);
    console.log(`${colours}, ${width}: ${rules} rules passed, ${found.length} violated`);
    for (const violation of found) { console.log(violation); check(false, `${colours}, ${width}: ${violation}`); }
  }
});
