// Walks through a report with the keyboard alone: over the skip link to the first thing to do, into its finding, to the
// record it rests on and the command that proves it; sorts and filters a table. Nothing is clicked.
// usage: node report_keys.mjs report.html
import { resolve } from "node:path";
import { check, judge, open, pause } from "./browser.mjs";

const [page] = process.argv.slice(2);
const url = "file://" + resolve(page);

await judge(page, 60, async () => {
  const tab = await open(url);
  await tab.call("Page.bringToFront");
  const focused = what => tab.ask(`(() => { const e = document.activeElement; return ${what}; })()`);
  // What has the focus must be seen: inside the window, and with a ring around it.
  const visible = async where => {
    await pause(30);
    check(await focused(`(() => { const b = e.getBoundingClientRect(); return b.width > 0 && b.bottom > 0 && b.top < innerHeight; })()`), where + ": the focus is out of sight");
    check(await focused(`getComputedStyle(e).outlineStyle !== "none" && parseFloat(getComputedStyle(e).outlineWidth) >= 2`), where + ": the focus has no ring");
  };
  const tab_to = async (what, most, where) => {
    for (let i = 0; i < most; ++i) {
      await tab.press("Tab");
      if (await focused(what)) return visible(where);
    }
    check(false, `${where}: not reached with ${most} times Tab`);
  };

  await tab_to("e.className === 'skip'", 1, "skip link");
  await tab.press("Enter");
  await pause(100);
  await tab_to("!!e.closest('.tasks')", 1, "first thing to do after the skip link");
  const kind = await focused("e.hash");
  await tab.press("Enter");
  await pause(100);
  check(await tab.ask("location.hash") === kind, "Enter does not follow the link to the kind of finding");
  await tab_to("e.tagName === 'SUMMARY'", 1, "first finding of the kind");
  await tab.press("Enter");
  check(await focused("e.parentElement.open"), "Enter does not open a finding");
  check(await focused("e.parentElement.querySelectorAll('.refs li').length > 0 || /Rests on the rows/.test(e.parentElement.textContent)"), "an open finding shows no evidence");
  check(await focused("/tally-verifier explain [0-9a-f]{12}/.test(e.parentElement.textContent)"), "an open finding does not say how to prove it");
  await tab.press("Tab", true);
  await tab.press("Tab");
  await visible("back on the finding");

  await tab.ask("document.querySelector('#t-ways thead button').focus()");
  await tab.press("Tab");
  await visible("head of a table");
  await tab.press(" ");
  check(await focused("e.closest('th').getAttribute('aria-sort') === 'ascending'"), "Space does not sort");
  await tab.press("Enter");
  check(await focused("e.closest('th').getAttribute('aria-sort') === 'descending'"), "Enter does not sort the other way");
  check(await tab.ask("/sorted by .*descending/.test(document.querySelector('#ways').textContent) || !document.querySelector('#ways .filter')"), "the order is not said");
  if (await tab.ask("!!document.querySelector('#users .filter')")) {
    await tab.ask("document.querySelector('#users .filter input').focus()");
    for (const letter of "acd") await tab.press(letter);
    check(await tab.ask("/^\\d+ of \\d+ rows/.test(document.querySelector('#users [role=status]').textContent)"), "typing does not filter");
  }
});
