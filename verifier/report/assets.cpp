#include "verifier/report/assets.hpp"

namespace tally::report {

const std::string_view style = R"css(
:root{--paper:#fdfdfb;--card:#fff;--ink:#1b1c1e;--soft:#5d5f63;--faint:#8b8d91;--rule:#e3e2dc;--wash:#f4f3ee;--accent:#2c5282;--accent-wash:#dfe7f1;--bad:#a8201a;--bad-wash:#f7e3e0;--warn:#855a00;--warn-wash:#f7edd6;--good:#27633a;--good-wash:#e2efe5;--save:#1d5b6b;--save-wash:#dcecf0;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1b1e22;--ink:#e7e6e2;--soft:#a5a7ab;--faint:#7d8085;--rule:#2d3136;--wash:#202429;--accent:#8db4e2;--accent-wash:#24344a;--bad:#f08a80;--bad-wash:#43211f;--warn:#e0b25a;--warn-wash:#3d3118;--good:#86c79a;--good-wash:#1d3526;--save:#7fc3d4;--save-wash:#17353d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.5rem}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 "Inter","Segoe UI",-apple-system,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums lining-nums;font-feature-settings:"kern","tnum"}
main,header,footer,nav>ul{max-width:1120px;margin:0 auto;padding:0 28px}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-999em;background:var(--card);padding:8px 14px;z-index:9}
.skip:focus{left:12px;top:12px}
h1,h2,h3{font-family:"Iowan Old Style","Charter","Palatino Linotype",Palatino,"Source Serif 4","Liberation Serif",Georgia,serif;font-weight:600;letter-spacing:-.01em;line-height:1.2;text-wrap:balance}
header{padding-top:34px;padding-bottom:18px}
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
nav a[aria-current]{color:var(--ink);font-weight:600;box-shadow:0 2px 0 var(--ink);padding-bottom:10px}
main>section{padding:34px 0 8px;contain:layout style}
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
td:not(.n):not(.d){min-width:6.5em}td:last-child:not(.n):not(.d){min-width:11em}
tbody th{white-space:nowrap}#t-benchmarks tbody th{white-space:normal;min-width:15em}
thead th{font-size:12px;color:var(--soft);border-bottom:1px solid var(--ink);vertical-align:bottom;line-height:1.3;white-space:nowrap}
tbody th{font-weight:600}
.n{text-align:right;white-space:nowrap}
.n+th:not(.n),.n+td:not(.n){padding-left:16px}
.d{white-space:nowrap}
h3 .chip{font-family:"Inter","Segoe UI",-apple-system,Arial,"Liberation Sans",sans-serif;letter-spacing:0;font-weight:400;vertical-align:2px}
h3 small{font-family:"Inter","Segoe UI",-apple-system,Arial,"Liberation Sans",sans-serif;letter-spacing:0;margin-left:4px}
tbody tr:hover{background:var(--wash)}
thead button{all:unset;cursor:pointer;font:inherit;color:inherit;display:inline-block;min-height:20px}
thead button:hover{color:var(--ink)}
thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" \2191"}
th[aria-sort=descending] button::after{content:" \2193"}
.filter{display:flex;flex-wrap:wrap;gap:8px 10px;align-items:center;font-size:13px;color:var(--soft);margin:0 0 2px}
.filter input{font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--faint);border-radius:4px;padding:4px 9px;width:17em}
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
.chart{width:100%;min-width:700px;height:auto;display:block;font-size:12px}
.chart .t{fill:var(--soft)}.chart .e{text-anchor:end}.chart .c{text-anchor:middle}
.chart .v{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.chart .v.t{fill:var(--soft);font-weight:400}
.chart .g{stroke:var(--rule);stroke-width:1;fill:none}.chart .k{stroke:var(--faint);fill:none}.chart .now{stroke:var(--faint);stroke-dasharray:2 3}
.chart .w{fill:var(--wash)}.chart .a{fill:var(--accent);opacity:.42}.chart .u{fill:var(--accent);opacity:.2}
.chart .l{fill:none;stroke:var(--accent);stroke-width:1.6}
.chart .o{fill:var(--bad)}.chart .q{fill:none;stroke:var(--ink);stroke-width:1.4;stroke-dasharray:7 4}
.chart .p{fill:var(--ink);stroke:var(--paper);stroke-width:1.5}
.chart .h{fill:transparent}.chart .h:hover{fill:var(--ink);opacity:.08}
.map .m1{fill:var(--accent);opacity:.72}.map .m2{fill:var(--accent);opacity:.36}.map .m3{fill:var(--faint);opacity:.5}.map .m4{fill:var(--save);opacity:.75}.map .m5{fill:var(--warn)}.map .m6{fill:var(--bad);opacity:.55}.map .m7{fill:var(--bad)}
.map{font-size:10px}.bins{max-width:728px;min-width:560px;font-size:13px}.bins .i0{fill:var(--accent);opacity:.5}.bins .i1{fill:var(--save)}
.heat rect{stroke:none}.heat .c0{fill:var(--wash)}.heat .c1{fill:var(--accent);opacity:.25}.heat .c2{fill:var(--accent);opacity:.45}.heat .c3{fill:var(--accent);opacity:.7}.heat .c4{fill:var(--accent)}
.filter button,.more button{font:inherit;font-size:12.5px;color:var(--soft);background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:4px 12px;cursor:pointer}
.filter button:hover,.more button:hover{border-color:var(--soft);color:var(--ink)}
.filter button[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:6px 22px;font-size:13px;color:var(--soft);margin:4px 0 0;padding:0;list-style:none}
.legend svg.chart{display:inline-block;width:26px;min-width:0;height:10px;vertical-align:0;margin-right:7px}
.more{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;font-size:13px;color:var(--soft);max-width:none;margin:-6px 0 22px}.more[hidden]{display:none}
details.f{border:1px solid var(--rule);border-radius:5px;background:var(--card);margin:0 0 10px}
details.f>summary{cursor:pointer;padding:11px 16px;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
details.f>summary::marker{content:""}
details.f>summary::before{content:"\203A";color:var(--faint);width:.6em;display:inline-block;transition:transform .12s}
details.f[open]>summary::before{transform:rotate(90deg)}
details.f .what{flex:1 1 24em;color:var(--soft)}
details.f .amount{white-space:nowrap}
details.f .id{color:var(--soft)}
.body{padding:4px 16px 14px 40px}
.body dl{display:grid;grid-template-columns:9.5em 1fr;gap:4px 14px;margin:0 0 12px;font-size:14px}
.body dt{color:var(--soft)}.body dd{margin:0}
.refs{columns:16em;column-gap:22px;margin:6px 0 10px;padding:0;list-style:none}
.defs dt{font-weight:600;margin-top:12px}.defs dd{margin:2px 0 0;max-width:74ch;color:var(--soft)}
footer{padding-top:26px;padding-bottom:60px;color:var(--soft);font-size:13px;border-top:1px solid var(--rule);margin-top:34px}
@media (max-width:880px){.split{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){main,header,footer,nav>ul{padding-left:16px;padding-right:16px}header{padding-top:20px;padding-bottom:8px}h1{font-size:28px;margin-bottom:10px}.verdict{font-size:17px;padding:10px 14px;margin-bottom:16px}.facts{grid-template-columns:1fr 1fr}.facts div{padding:9px 12px 9px 0}.facts div:last-child:nth-child(odd){grid-column:1/-1}main>section{padding-top:24px}.body{padding-left:16px}.body dl{grid-template-columns:1fr}.body dd{margin-bottom:6px}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--faint:#777;--rule:#ccc;--wash:#f2f2f2;--accent:#2c5282;--accent-wash:#dfe7f1;--bad:#a8201a;--bad-wash:#fff;--warn:#6b4900;--warn-wash:#fff;--good:#1f5130;--good-wash:#fff;--save:#1d5b6b;--save-wash:#fff}
@page{size:A4 landscape;margin:14mm}body{font-size:10.5pt}nav,.filter,.more button,.skip{display:none}header{padding-top:0}main,header,footer{max-width:none;padding-left:0;padding-right:0}main>section{padding-top:18px;contain:none}.split{grid-template-columns:minmax(0,7fr) minmax(0,5fr)}
h2,h3,figcaption,caption,summary,.legend,.body dt,.defs dt,main>section>p:not(:last-child){break-after:avoid}figure,tr,thead,p,.tasks li,.facts,.defs dd,footer{break-inside:avoid}thead{display:table-header-group}thead button{display:contents}
.scroll{overflow:visible}table{font-size:9.5pt}table:has(th:nth-child(12)){font-size:7.5pt}th,td{padding:5px 10px 5px 0}thead th,.chip{white-space:normal}td:not(.n):not(.d),td:last-child:not(.n):not(.d),#t-benchmarks tbody th{min-width:0}.bullet{width:80px}.chart{min-width:0}.body{padding-left:16px}.body dl{grid-template-columns:9.5em 1fr 9.5em 1fr;break-inside:auto}.chip{border:1px solid currentColor}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}a{color:inherit;text-decoration:none}}
@media (prefers-reduced-motion:reduce){details.f>summary::before{transition:none}}
)css";

const std::string_view script = R"js(
"use strict";
const windows = { table: 100, kind: 40 };
const make = (tag, attributes, ...inside) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...inside);
  return node;
};
const number = value => String(value).replace(/(\d)(?=(\d{3})+$)/g, value > 9999 ? "$1\u202F" : "$1");
const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&", "&nbsp;": " " };
const plain = html => (html.includes("<") ? html.replace(/<[^>]*>/g, " ").trim() : html).replace(/&[a-z#0-9]+;/g, name => entities[name] ?? " ");
const words_of = text => text.toLowerCase().split(/\s+/).filter(Boolean);
const holds = (text, words) => words.every(word => text.includes(word));
const parsed = store => (store ? JSON.parse(store.textContent) : []);

function search(label, hint) {
  const input = make("input", { type: "search", placeholder: hint, "aria-label": label, autocomplete: "off", spellcheck: "false" });
  const status = make("span", { role: "status" });
  return { input, status, shell: make("label", {}, label.split(":")[0] + " ", input) };
}

function enhance(table) {
  const body = table.tBodies[0], heads = Array.from(table.tHead.rows[0].cells);
  const rest = document.getElementById(table.id + "-rest"), more = document.getElementById(table.id + "-more");
  const rows = Array.from(body.rows, node => ({ node }));
  const total = rows.length + (rest ? Number(rest.dataset.rows) : 0);
  if (total < 2) return;
  let view = rows, limit = windows.table, loaded = !rest, words = [], order = "";
  const load = () => {
    if (loaded) return;
    loaded = true;
    for (const cells of parsed(rest)) rows.push({ cells });
  };
  const inside = cell => (cell === null ? "–" : Array.isArray(cell) ? cell[0] : String(cell));
  const node = row => {
    if (row.node) return row.node;
    row.node = document.createElement("tr");
    row.node.innerHTML = row.cells.map((cell, i) => {
      const mark = heads[i].className ? ` class="${heads[i].className}"` : "";
      return i === 0 ? `<th scope="row"${mark}>${inside(cell)}</th>` : `<td${mark}>${inside(cell)}</td>`;
    }).join("");
    return row.node;
  };
  const key = (row, i) => {
    if (!row.cells) return row.node.cells[i].dataset.k ?? row.node.cells[i].textContent.trim();
    const cell = row.cells[i];
    return cell === null ? "0" : Array.isArray(cell) ? cell[1] : plain(String(cell));
  };
  const text = row => row.text ??= (row.cells ? row.cells.map(cell => plain(inside(cell))) : Array.from(row.node.cells, cell => cell.textContent)).join(" ").toLowerCase();
  const caption = table.caption.textContent.replace(/[.,:;].*/s, "");
  const bar = make("div", { class: "filter" }), field = search("Filter: " + caption, "any words");
  const foot = make("p", { class: "more" }), button = make("button", { type: "button" }), tail = make("span", {});
  foot.append(button, tail);
  const draw = () => {
    const part = view.slice(0, limit);
    body.replaceChildren(...part.map(node));
    field.status.textContent = (words.length ? number(view.length) + " of " + number(total) + " rows" : "") + (order && words.length ? ", " : "") + order;
    foot.hidden = part.length === view.length;
    button.textContent = "Show " + number(Math.min(windows.table, view.length - part.length)) + " more";
    tail.textContent = number(part.length) + " of " + number(view.length) + " rows are shown";
  };
  const select = () => { view = words.length ? rows.filter(row => holds(text(row), words)) : rows; limit = windows.table; draw(); };
  heads.forEach((head, i) => {
    const name = head.textContent, press = make("button", { type: "button" }, ...head.childNodes);
    head.append(press);
    press.addEventListener("click", () => {
      load();
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const keys = new Map(rows.map((row, at) => [row, [key(row, i), at]]));
      const numeric = Array.from(keys.values()).every(([value]) => value !== "" && !isNaN(value));
      if (numeric) for (const entry of keys.values()) entry[0] = Number(entry[0]);
      const sign = up ? 1 : -1;
      rows.sort((a, b) => { const x = keys.get(a), y = keys.get(b); return (x[0] < y[0] ? -sign : x[0] > y[0] ? sign : 0) || x[1] - y[1]; });
      order = "sorted by " + name + (up ? ", ascending" : ", descending");
      select();
    });
  });
  button.addEventListener("click", () => { load(); limit += windows.table; draw(); });
  if (more) more.replaceWith(foot);
  if (rest) { foot.hidden = false; button.textContent = "Show " + windows.table + " more"; tail.textContent = number(rows.length) + " of " + number(total) + " rows are shown"; }
  if (total < 8) return;
  bar.append(field.shell, field.status);
  table.parentElement.before(bar);
  field.input.addEventListener("focus", () => { load(); rows.forEach(text); });
  field.input.addEventListener("input", () => { load(); words = words_of(field.input.value); select(); });
}
for (const table of document.querySelectorAll("main table")) enhance(table);

const phrases = parsed(document.getElementById("phrases"));
const unpacked = text => text.replace(/\^(.)/gs, (whole, mark) => (mark === "^" ? "^" : phrases[mark.charCodeAt(0) - 97]));
const kinds = Array.from(document.querySelectorAll("#findings .kind"), section => {
  const rest = section.querySelector("script"), more = section.querySelector(".note.rest");
  const kind = { section, rest, title: section.querySelector("h3").textContent, limit: windows.kind, items: Array.from(section.querySelectorAll("details.f"), node => ({ node })) };
  kind.total = kind.items.length + (rest ? Number(rest.dataset.rows) : 0);
  kind.foot = make("p", { class: "more", hidden: "" });
  kind.button = make("button", { type: "button" });
  kind.tail = make("span", {});
  kind.foot.append(kind.button, kind.tail);
  kind.view = kind.items;
  kind.load = () => { for (const text of parsed(kind.rest)) kind.items.push({ html: unpacked(text) }); kind.rest = null; };
  kind.draw = () => {
    const part = kind.view.slice(0, kind.limit).map(item => {
      if (!item.node) { const shell = document.createElement("template"); shell.innerHTML = item.html; item.node = shell.content.firstElementChild; }
      return item.node;
    });
    for (const old of section.querySelectorAll("details.f")) old.remove();
    kind.foot.before(...part);
    kind.foot.hidden = part.length === kind.view.length;
    kind.button.textContent = "Show " + number(Math.min(windows.kind, kind.view.length - part.length)) + " more";
    kind.tail.textContent = number(part.length) + " of " + number(kind.view.length) + " of this kind are shown";
    section.hidden = kind.view.length === 0;
  };
  kind.button.addEventListener("click", () => { kind.load(); kind.limit += windows.kind; kind.draw(); });
  if (more) more.replaceWith(kind.foot); else section.append(kind.foot);
  if (rest) { kind.foot.hidden = false; kind.button.textContent = "Show " + windows.kind + " more"; kind.tail.textContent = number(kind.items.length) + " of " + number(kind.total) + " of this kind are shown"; }
  return kind;
});
const total = kinds.reduce((sum, kind) => sum + kind.total, 0);
if (total > 7) {
  const severity = item => item.severity ??= item.node ? item.node.dataset.s : /data-s="(\w+)"/.exec(item.html)[1];
  const text = (item, kind) => item.text ??= ((item.node ? item.node.querySelector("summary").textContent : plain(item.html.slice(0, item.html.indexOf("</summary>")))) + " " + kind.title).toLowerCase();
  const bar = make("div", { class: "filter", role: "group", "aria-label": "Show only some findings" }), field = search("Find: among the findings", "person, product, line, code");
  let chosen = "", all = "";
  const show = () => {
    const words = words_of(field.input.value);
    let left = 0;
    for (const kind of kinds) {
      kind.load();
      kind.view = chosen === "" && !words.length ? kind.items : kind.items.filter(item => (chosen === "" || severity(item) === chosen) && holds(text(item, kind), words));
      kind.limit = windows.kind;
      kind.draw();
      left += kind.view.length;
    }
    field.status.textContent = chosen !== "" || words.length ? number(left) + " of " + number(total) + " findings" : all;
  };
  const buttons = ["", "breach", "signal", "waste", "note"].map(name => {
    const button = make("button", { type: "button", "aria-pressed": String(name === "") }, name === "" ? "all" : name);
    button.addEventListener("click", () => { chosen = name; for (const other of buttons) other.setAttribute("aria-pressed", String(other === button)); show(); });
    return button;
  });
  bar.append(...buttons, field.shell, field.status);
  document.querySelector("#findings .kind").before(bar);
  field.input.addEventListener("focus", () => kinds.forEach(kind => { kind.load(); kind.items.forEach(item => text(item, kind)); }));
  field.input.addEventListener("input", show);
}

const open = () => {
  const id = location.hash.length > 1 ? decodeURIComponent(location.hash.slice(1)) : "";
  if (id.startsWith("f-") && !document.getElementById(id)) {
    for (const kind of kinds) {
      kind.load();
      const at = kind.items.findIndex(item => item.node ? item.node.id === id : item.html.includes(` id="${id}"`));
      if (at < 0) continue;
      const [item] = kind.items.splice(at, 1);
      kind.items.unshift(item);
      kind.view = kind.items;
      kind.draw();
    }
  }
  const target = id ? document.getElementById(id) : null;
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  }
};
window.addEventListener("hashchange", open);
open();

const reach = new ResizeObserver(entries => {
  for (const entry of entries) {
    const shell = entry.target.closest(".scroll");
    if (shell.scrollWidth > shell.clientWidth) {
      shell.tabIndex = 0;
      shell.setAttribute("role", "region");
      const title = shell.querySelector("caption, svg > title");
      shell.setAttribute("aria-label", "Scrolls sideways: " + (title ? title.textContent : shell.firstElementChild.getAttribute("aria-label") ?? "chart"));
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) shell.removeAttribute(name);
    }
  }
});
for (const part of document.querySelectorAll(".scroll > *")) reach.observe(part);
for (const part of document.querySelectorAll(".scroll")) reach.observe(part);

const links = new Map(Array.from(document.querySelectorAll("nav a"), link => [link.hash.slice(1), link]));
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const link of links.values()) link.removeAttribute("aria-current");
    const link = links.get(entry.target.id), list = link.closest("ul");
    link.setAttribute("aria-current", "true");
    list.scrollLeft = link.offsetLeft - list.offsetLeft - list.clientWidth / 3;
  }
}, { rootMargin: "-15% 0px -80% 0px" });
for (const section of document.querySelectorAll("main > section")) seen.observe(section);

let closed = [];
window.addEventListener("beforeprint", () => { closed = Array.from(document.querySelectorAll("details:not([open])")); for (const item of closed) item.open = true; });
window.addEventListener("afterprint", () => { for (const item of closed) item.open = false; });
)js";

const std::string_view style_hash = "/kTI9Gs75FjPRUC0rY0TdJXrij0gbq/NHPO2hSpCEuo=";
const std::string_view script_hash = "No4hDt7ectf82T9AGCszODGPJLcM234P3rDWPjUjn28=";

} // namespace tally::report
