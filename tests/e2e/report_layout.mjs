// Pages at four widths in light and dark, and on paper: nothing is wider than the window but what scrolls by itself, nothing
// is wider than the sheet, and every link inside the page has where to go.
// usage: node report_layout.mjs PAGE...
import { resolve } from "node:path";
import { check, judge, open, scheme, size } from "./browser.mjs";

const pages = process.argv.slice(2);
const widths = [390, 768, 1280, 1920];
const sheet = 1017; // A4 across without its margins, at 96 to the inch

// What reaches beyond the right edge, the innermost first, but for what lies in something that scrolls.
const beyond = `(() => { const edge = document.documentElement.clientWidth, names = [];
  for (const e of document.body.querySelectorAll("*")) {
    const box = e.getBoundingClientRect();
    if (box.width > 0 && box.right > edge + 1 && !e.closest("svg *")) names.unshift(e.tagName.toLowerCase() + (e.id ? "#" + e.id : e.className ? "." + e.className : "") + " " + Math.round(box.right - edge));
  }
  return names.slice(0, 3).join(", "); })()`;
const scrolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth";

await judge(pages.length + " pages", 240, async () => {
  for (const page of pages) {
    const tab = await open("file://" + resolve(page));
    for (const colours of ["light", "dark"]) {
      await tab.call(...scheme(colours));
      for (const width of widths) {
        await tab.call(...size(width, 900));
        if (await tab.ask(scrolls)) check(false, `${page}, ${width}, ${colours}: scrolls sideways: ${await tab.ask(beyond)}`);
      }
    }
    await tab.call("Emulation.setEmulatedMedia", { media: "print", features: [{ name: "prefers-color-scheme", value: "light" }] });
    await tab.call(...size(sheet, 900));
    const cut = await tab.ask(beyond);
    check(cut === "", `${page}, printed: wider than the sheet: ${cut}`);
    // A head repeats on every sheet as long as nothing in it is a box of its own.
    check(await tab.ask(`[...document.querySelectorAll("thead")].every(head => getComputedStyle(head).breakInside === "avoid" && [...head.querySelectorAll("button")].every(button => getComputedStyle(button).display === "contents"))`), `${page}, printed: the head of a table stands on its first sheet only`);
    const nowhere = await tab.ask(`[...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash).slice(0, 3).join(" ")`);
    check(nowhere === "", `${page}: links to nowhere: ${nowhere}`);
    await tab.call("Page.close");
  }
});
