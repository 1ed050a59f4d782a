#include "verifier/report/assets.hpp"

namespace tally::report {

const std::string_view style = R"css(
:root{--paper:#fdfdfb;--card:#fff;--ink:#1b1c1e;--soft:#5d5f63;--faint:#8b8d91;--rule:#e3e2dc;--wash:#f4f3ee;--accent:#2c5282;--accent-wash:#dfe7f1;--bad:#a8201a;--bad-wash:#f7e3e0;--warn:#855a00;--warn-wash:#f7edd6;--good:#27633a;--good-wash:#e2efe5;--save:#1d5b6b;--save-wash:#dcecf0;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1b1e22;--ink:#e7e6e2;--soft:#a5a7ab;--faint:#7d8085;--rule:#2d3136;--wash:#202429;--accent:#8db4e2;--accent-wash:#24344a;--bad:#f08a80;--bad-wash:#43211f;--warn:#e0b25a;--warn-wash:#3d3118;--good:#86c79a;--good-wash:#1d3526;--save:#7fc3d4;--save-wash:#17353d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:3.5rem}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 "Inter","Segoe UI",-apple-system,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums;font-feature-settings:"kern","tnum"}
main,header,footer,nav>ul{max-width:1120px;margin:0 auto;padding:0 28px}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999em;background:var(--card);padding:8px 14px;z-index:9}
.skip:focus{left:12px;top:12px}
h1,h2,h3{font-family:"Iowan Old Style","Charter","Palatino Linotype",Palatino,"Source Serif 4","Liberation Serif",Georgia,serif;font-weight:600;letter-spacing:-.01em;line-height:1.2;text-wrap:balance}
header{padding-top:52px;padding-bottom:20px}
.eyebrow{margin:0 0 10px;font-size:12px;letter-spacing:.11em;text-transform:uppercase;color:var(--soft)}
h1{font-size:40px;margin:0 0 14px}
.verdict{font-size:19px;line-height:1.45;max-width:none;margin:0 0 26px;padding:12px 18px;border-left:4px solid var(--faint);background:var(--wash);border-radius:0 5px 5px 0}
.verdict b{font-weight:650}
.verdict.bad{border-color:var(--bad);background:var(--bad-wash)}.verdict.bad b{color:var(--bad)}
.verdict.warn{border-color:var(--warn);background:var(--warn-wash)}.verdict.warn b{color:var(--warn)}
.verdict.good{border-color:var(--good);background:var(--good-wash)}.verdict.good b{color:var(--good)}
.split{display:grid;grid-template-columns:minmax(0,7fr) minmax(0,5fr);gap:12px 48px;align-items:start}
.split h3{margin-top:8px}
.tasks{list-style:none;margin:10px 0 8px;padding:0;counter-reset:task}
.tasks li{position:relative;padding:10px 0 11px 38px;border-bottom:1px solid var(--rule);counter-increment:task}
.tasks li::before{content:counter(task);position:absolute;left:0;top:11px;width:24px;height:24px;border-radius:50%;background:var(--wash);color:var(--soft);font-size:12.5px;font-weight:600;text-align:center;line-height:24px}
.tasks li.bad::before{background:var(--bad-wash);color:var(--bad)}.tasks li.warn::before{background:var(--warn-wash);color:var(--warn)}.tasks li.save::before{background:var(--save-wash);color:var(--save)}
.tasks a{font-weight:600;color:var(--ink);text-decoration-color:var(--rule)}
.tasks a:hover{text-decoration-color:currentColor}
.times{color:var(--soft)}
.who,.do,.sum{display:block;font-size:13.5px;color:var(--soft)}
.do{color:var(--ink)}
.sum{font-weight:600;color:var(--ink);white-space:normal}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:0;margin:0;border-top:2px solid var(--ink)}
.facts div{padding:12px 18px 12px 0;border-bottom:1px solid var(--rule)}
.facts dt{font-size:12px;color:var(--soft)}
.facts dd{margin:2px 0 0;font-size:17px;font-weight:600}
.facts dd small{font-weight:400;font-size:13px;color:var(--soft);display:block}
nav{position:sticky;top:0;z-index:5;background:var(--paper);border-bottom:1px solid var(--rule)}
nav>ul{list-style:none;display:flex;gap:6px 24px;overflow-x:auto;padding-top:11px;padding-bottom:11px;font-size:13.5px;margin-top:0}
nav a{text-decoration:none;color:var(--soft);white-space:nowrap}
nav a:hover{color:var(--ink);text-decoration:underline}
main>section{padding:34px 0 8px}
.kind{padding:0}
h2{font-size:26px;margin:0 0 8px}
h3{font-size:18px;margin:26px 0 4px}
p{max-width:70ch;margin:0 0 14px}
.note{color:var(--soft);font-size:14px}
.none{padding:16px 18px;background:var(--wash);color:var(--soft);max-width:none;border-radius:4px}
.scroll{overflow-x:auto;margin:10px 0 20px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 8px;caption-side:top}
th,td{padding:7px 14px 7px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);font-weight:400}
th:last-child,td:last-child{padding-right:0}
tbody th{white-space:nowrap}
thead th{font-size:12px;color:var(--soft);border-bottom:1px solid var(--ink);vertical-align:bottom;line-height:1.3;white-space:nowrap}
tbody th{font-weight:600}
.n{text-align:right;white-space:nowrap}
.d{white-space:nowrap}
h3 .chip{font-family:"Inter","Segoe UI",-apple-system,Arial,"Liberation Sans",sans-serif;letter-spacing:0;font-weight:400;vertical-align:2px}
h3 small{font-family:"Inter","Segoe UI",-apple-system,Arial,"Liberation Sans",sans-serif;letter-spacing:0;margin-left:4px}
tbody tr:hover{background:var(--wash)}
thead button{all:unset;cursor:pointer;font:inherit;color:inherit}
thead button:hover{color:var(--ink)}
thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" \2191"}
th[aria-sort=descending] button::after{content:" \2193"}
.filter{display:flex;flex-wrap:wrap;gap:8px 10px;align-items:center;font-size:13px;color:var(--soft);margin:0 0 2px}
.filter input{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:4px;padding:4px 9px;width:17em}
small,.sub{font-size:12.5px;color:var(--soft);font-weight:400}
.sub{display:block}
code,.mono{font:12.5px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;overflow-wrap:anywhere}
bdi{unicode-bidi:isolate}
.chip{display:inline-block;padding:1px 8px 2px;border-radius:9px;font-size:12px;line-height:1.5;white-space:nowrap;background:var(--wash);color:var(--soft)}
.chip.bad{background:var(--bad-wash);color:var(--bad)}
.chip.warn{background:var(--warn-wash);color:var(--warn)}
.chip.good{background:var(--good-wash);color:var(--good)}
.chip.save{background:var(--save-wash);color:var(--save)}
.bullet{width:124px;height:14px;vertical-align:-2px}
.b0{fill:var(--wash)}.b1{fill:var(--accent);opacity:.35}.b2{fill:var(--accent)}.b3{fill:var(--bad)}.b4{fill:var(--ink)}
figure{margin:22px 0 8px}
figcaption{display:flex;justify-content:space-between;gap:20px;flex-wrap:wrap;align-items:baseline}
figcaption h3{margin:0}
figcaption span{color:var(--soft);font-size:13.5px}
.chart{width:100%;min-width:760px;height:auto;display:block;font-size:12px}
.chart .t{fill:var(--soft)}.chart .e{text-anchor:end}
.chart .g{stroke:var(--rule);stroke-width:1;fill:none}.chart .k{stroke:var(--faint);fill:none}
.chart .w{fill:var(--wash)}.chart .a{fill:var(--accent);opacity:.16}
.chart .l{fill:none;stroke:var(--accent);stroke-width:1.4}.chart .u{fill:none;stroke:var(--accent);stroke-width:1;opacity:.45;stroke-dasharray:2 2}
.chart .o{fill:var(--bad);opacity:.85}.chart .q{fill:none;stroke:var(--ink);stroke-width:1.4;stroke-dasharray:7 4}
.chart .h{fill:transparent}.chart .h:hover{fill:var(--ink);opacity:.07}
.map .m1{fill:var(--accent);opacity:.8}.map .m2{fill:var(--accent);opacity:.45}.map .m3{fill:var(--rule)}.map .m4{fill:var(--save);opacity:.55}.map .m5{fill:var(--warn);opacity:.75}.map .m6{fill:var(--bad);opacity:.6}.map .m7{fill:var(--bad)}
.map{font-size:10px}.bins{max-width:780px;min-width:0}.bins .i0{fill:var(--accent);opacity:.55}.bins .i1{fill:var(--save)}
.heat rect{stroke:none}.heat .c0{fill:var(--wash)}.heat .c1{fill:var(--accent);opacity:.25}.heat .c2{fill:var(--accent);opacity:.45}.heat .c3{fill:var(--accent);opacity:.7}.heat .c4{fill:var(--accent)}
.filter button{font:inherit;font-size:12.5px;color:var(--soft);background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:3px 11px;cursor:pointer}
.filter button[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:6px 22px;font-size:13px;color:var(--soft);margin:4px 0 0;padding:0;list-style:none}
.legend svg.chart{display:inline-block;width:26px;min-width:0;height:10px;vertical-align:0;margin-right:7px}
details.f{border:1px solid var(--rule);border-radius:5px;background:var(--card);margin:0 0 10px}
details.f>summary{cursor:pointer;padding:11px 16px;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
details.f>summary::marker{content:""}
details.f>summary::before{content:"\203A";color:var(--faint);width:.6em;display:inline-block;transition:transform .12s}
details.f[open]>summary::before{transform:rotate(90deg)}
details.f .what{flex:1 1 24em;color:var(--soft)}
details.f .amount{white-space:nowrap}
details.f .id{color:var(--faint)}
.body{padding:4px 16px 14px 40px}
.body dl{display:grid;grid-template-columns:9.5em 1fr;gap:4px 14px;margin:0 0 12px;font-size:14px}
.body dt{color:var(--soft)}.body dd{margin:0}
.refs{columns:16em;column-gap:22px;margin:6px 0 10px;padding:0;list-style:none}
.defs dt{font-weight:600;margin-top:12px}.defs dd{margin:2px 0 0;max-width:74ch;color:var(--soft)}
footer{padding-top:26px;padding-bottom:60px;color:var(--soft);font-size:13px;border-top:1px solid var(--rule);margin-top:34px}
@media (max-width:880px){.split{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){main,header,footer,nav>ul{padding-left:16px;padding-right:16px}h1{font-size:30px}.body{padding-left:16px}.body dl{grid-template-columns:1fr}.body dd{margin-bottom:6px}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--faint:#777;--rule:#ccc;--wash:#f2f2f2;--accent:#2c5282;--accent-wash:#dfe7f1;--bad:#a8201a;--bad-wash:#fff;--warn:#6b4900;--warn-wash:#fff;--good:#1f5130;--good-wash:#fff;--save:#1d5b6b;--save-wash:#fff}
@page{size:A4 landscape;margin:14mm}body{font-size:10.5pt}nav,.filter,.skip{display:none}header{padding-top:0}main,header,footer{max-width:none;padding-left:0;padding-right:0}main>section{padding-top:18px}h2,h3,figcaption{break-after:avoid}figure,tr,details.f,.facts{break-inside:avoid}.scroll{overflow:visible}.chip{border:1px solid currentColor}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}thead{display:table-header-group}.chart{min-width:0}a{color:inherit;text-decoration:none}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}details.f>summary::before{transition:none}}
)css";

const std::string_view script = R"js(
"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0], rows = Array.from(body.rows);
  if (rows.length < 2) continue;
  const key = (row, i) => { const c = row.cells[i]; return c.dataset.k !== undefined ? c.dataset.k : c.textContent.trim(); };
  const compare = (a, b) => { const x = Number(a), y = Number(b); return a !== "" && b !== "" && !isNaN(x) && !isNaN(y) ? x - y : a < b ? -1 : a > b ? 1 : 0; };
  Array.from(table.tHead.rows[0].cells).forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const order = rows.map((row, at) => [key(row, i), at, row]);
      order.sort((a, b) => (up ? 1 : -1) * compare(a[0], b[0]) || a[1] - b[1]);
      body.append(...order.map(entry => entry[2]));
    });
  });
  if (rows.length < 8) continue;
  const bar = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input"), count = document.createElement("span");
  bar.className = "filter";
  label.textContent = "Filter ";
  input.type = "search";
  input.placeholder = "any words";
  count.setAttribute("role", "status");
  label.append(input);
  bar.append(label, count);
  table.parentElement.before(bar);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      if (!row.hidden) left += 1;
    }
    count.textContent = words.length ? left + " of " + rows.length + " rows" : "";
  });
}
const found = Array.from(document.querySelectorAll("#findings details.f"));
if (found.length > 7) {
  const texts = found.map(item => (item.querySelector("summary").textContent + " " + item.closest(".kind").querySelector("h3").textContent).toLowerCase());
  const bar = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input"), count = document.createElement("span");
  bar.className = "filter";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Show only some findings");
  let kind = "";
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    found.forEach((item, i) => {
      item.hidden = (kind !== "" && item.dataset.s !== kind) || !words.every(word => texts[i].includes(word));
      if (!item.hidden) left += 1;
    });
    for (const part of document.querySelectorAll("#findings .kind")) part.hidden = !part.querySelector("details:not([hidden])");
    count.textContent = kind !== "" || words.length ? left + " of " + found.length + " findings" : "";
  };
  const buttons = ["", "breach", "signal", "waste", "note"].filter(name => name === "" || found.some(item => item.dataset.s === name)).map(name => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name === "" ? "all" : name;
    button.setAttribute("aria-pressed", String(name === ""));
    button.addEventListener("click", () => { kind = name; for (const other of buttons) other.setAttribute("aria-pressed", String(other === button)); show(); });
    return button;
  });
  label.textContent = "Find ";
  input.type = "search";
  input.placeholder = "person, product, line, code";
  count.setAttribute("role", "status");
  label.append(input);
  bar.append(...buttons, label, count);
  document.querySelector("#findings .kind").before(bar);
  input.addEventListener("input", show);
}
const open = () => { const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null; if (target && target.tagName === "DETAILS") target.open = true; };
window.addEventListener("hashchange", open);
open();
window.addEventListener("beforeprint", () => { for (const item of document.querySelectorAll("details")) item.open = true; });
)js";

const std::string_view style_hash = "N27m3+Vbc64L6K3w8aJGgE2MuZ62aERI9/E1G0mAPrU=";
const std::string_view script_hash = "Jp+y+cxu1tZM6HVG1b/mBmbEXNFrooACdMEcYM+1CBI=";

} // namespace tally::report
