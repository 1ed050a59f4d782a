// Opens certificates in Chromium: each asks for nothing, nothing on it is cut off, and it prints on one A4 page.
// usage: node certificate_chromium.mjs FILE.html… (TALLY_PICTURES=DIRECTORY keeps pictures of the pages)
import { writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { check, judge, open } from "../e2e/browser.mjs";

async function look(file) {
  const { call, ask } = await open("file://" + resolve(file), [["Emulation.setDeviceMetricsOverride", { width: 1000, height: 1250, deviceScaleFactor: 1, mobile: false }]]);
  const holds = async (expression, what) => check(await ask(expression), `${file}: ${what}`);
  for (const media of ["screen", "print"]) {
    await call("Emulation.setEmulatedMedia", { media });
    await holds("document.body.scrollHeight <= document.body.clientHeight + 1", `cut off below (${media})`);
    await holds("document.body.scrollWidth <= document.body.clientWidth + 1", `cut off at the side (${media})`);
    await holds("document.querySelector('footer').getBoundingClientRect().bottom <= document.body.getBoundingClientRect().bottom", `the footer is not on the page (${media})`);
    await holds("[...document.querySelectorAll('td,th,dd')].every(c => c.scrollWidth <= c.clientWidth + 1)", `a cell runs over (${media})`);
  }
  await holds("document.scripts.length === 0 && document.querySelectorAll('img,link,iframe,object').length === 0", "not plain");
  const { data } = await call("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
  const pages = Buffer.from(data, "base64").toString("latin1").match(/\/Type \/Page\b(?!s)/g)?.length;
  check(pages === 1, `${file}: prints on ${pages} pages`);
  if (process.env.TALLY_PICTURES) {
    await call("Emulation.setEmulatedMedia", { media: "screen" });
    const shot = await call("Page.captureScreenshot", { format: "png" });
    writeFileSync(join(process.env.TALLY_PICTURES, basename(file) + ".png"), Buffer.from(shot.data, "base64"));
  }
}

await judge("certificates, each one whole page", 90, async () => {
  for (const file of process.argv.slice(2)) await look(file);
});
