/** The looks of the report. Colours are named once, for light and for dark; on paper the light ones are used. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f3f0; --card: #fff; --edge: #e3e0da; --ink: #1d1b26; --soft: #5f5b6b; --code: #f2f1f7; --brand: #4b3fa7; --bar: #6b5fc7;
  --reconnect: #b3372f; --expiring: #9a5b00; --stale: #4f5d75; --ready: #0d7a6b; --disconnected: #6f6a7a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131218; --card: #1c1a23; --edge: #302d3b; --ink: #f1eff6; --soft: #aaa5b8; --code: #262332; --brand: #a99cff; --bar: #8f82e8;
    --reconnect: #ff8d80; --expiring: #f0b35a; --stale: #a9b8d3; --ready: #4fc9b4; --disconnected: #a39eb0;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 84rem; padding: 2rem clamp(1rem, 3vw, 2.5rem); background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
.brand { margin: 0; font: 700 1.0625rem/1 ui-monospace, Menlo, Consolas, monospace; color: var(--brand); }
h1 { margin: .75rem 0 0; font-size: 1.75rem; letter-spacing: -.015em; line-height: 1.25; }
h2 { margin: 0 0 .75rem; font-size: 1.25rem; }
p { margin: .25rem 0 0; }
section { margin-top: 2rem; }
.soft { color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(10rem, 100%), 1fr)); gap: .75rem; margin: 0; }
.tile { padding: 1rem 1.125rem; background: var(--card); border: 1px solid var(--edge); border-radius: .875rem; }
.tile dd { margin: .5rem 0 0; }
.tile strong { display: block; font-size: 2rem; line-height: 1.1; font-variant-numeric: tabular-nums; color: var(--tone, var(--ink)); }
.tile dd .soft { font-size: .875rem; }
.tile.none strong { color: var(--soft); font-weight: 500; }
.reconnect { --tone: var(--reconnect); }
.expiring { --tone: var(--expiring); }
.stale { --tone: var(--stale); }
.ready { --tone: var(--ready); }
.disconnected { --tone: var(--disconnected); }
.badge { display: inline-flex; align-items: center; gap: .4rem; font-size: .875rem; font-weight: 600; color: var(--tone, var(--ink)); }
.badge::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; flex: none; }
.badge.reconnect::before { border-radius: 2px; transform: rotate(45deg); }
.badge.expiring::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); border-radius: 0; }
.badge.disconnected::before { background: none; border: 2px solid currentColor; }
.badge.all::before { display: none; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: .75rem; }
figure { margin: 0; padding: 1rem 1.125rem .5rem; background: var(--card); border: 1px solid var(--edge); border-radius: .875rem; }
figcaption { font-weight: 600; }
figcaption .soft { font-weight: 400; }
svg { display: block; width: 100%; height: auto; }
.axis { stroke: var(--edge); stroke-width: 1.5; }
.bar { fill: var(--bar); }
.bar.soon { fill: var(--expiring); }
.tick, .count { text-anchor: middle; font: 12px system-ui, sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums; }
.count { fill: var(--ink); font-weight: 600; }
.tools { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; }
fieldset { display: flex; flex-wrap: wrap; gap: .375rem; margin: 0; padding: 0; border: 0; }
legend { float: left; margin-right: .5rem; padding: .25rem 0; color: var(--soft); font-size: .875rem; }
fieldset label { padding: .25rem .75rem; border: 1px solid var(--edge); border-radius: 2rem; background: var(--card); font-size: .875rem; cursor: pointer; }
fieldset input { position: absolute; opacity: 0; }
fieldset label:has(:checked) { border-color: var(--brand); color: var(--brand); box-shadow: inset 0 0 0 1px var(--brand); }
fieldset label:has(:focus-visible), .search input:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
.search { display: flex; gap: .5rem; align-items: center; font-size: .875rem; color: var(--soft); }
.search input { font: inherit; color: var(--ink); padding: .3rem .7rem; border: 1px solid var(--edge); border-radius: .5rem; background: var(--card); }
.found { min-height: 1.5em; font-size: .875rem; }
table, thead, tbody { display: block; }
tbody { display: flex; flex-direction: column; background: var(--card); border: 1px solid var(--edge); border-radius: .875rem; overflow: clip; }
tr { display: grid; grid-template-columns: minmax(14rem, 2.2fr) 7.5rem minmax(8rem, 1fr) minmax(8rem, 1fr) minmax(8rem, 1fr) minmax(9rem, 1.3fr); gap: .75rem; padding: .75rem 1.125rem; align-items: start; }
tbody tr { border-bottom: 1px solid var(--edge); content-visibility: auto; contain-intrinsic-size: auto 5rem; }
th, td { padding: 0; text-align: start; font-weight: 400; min-width: 0; overflow-wrap: anywhere; }
td { font-size: .9375rem; }
td .soft, th .soft { display: block; font-size: .8125rem; }
thead th { font-size: .8125rem; color: var(--soft); }
th bdi { display: block; }
time { font-variant-numeric: tabular-nums; white-space: nowrap; }
em { font-style: normal; font-weight: 600; color: var(--expiring); }
code { font: .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; padding: .15em .4em; border-radius: .35em; background: var(--code); user-select: all; }
.empty { margin-top: 2rem; }
footer { margin-top: 2rem; font-size: .875rem; color: var(--soft); }
@media (max-width: 60rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { grid-template-columns: 1fr 1fr; gap: .5rem 1rem; }
  tr > th { grid-column: 1 / -1; }
  td::before { content: attr(data-label); display: block; font-size: .75rem; color: var(--soft); }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --card: #fff; --edge: #bbb; --ink: #000; --soft: #444; --code: #fff; --brand: #000; --bar: #555;
    --reconnect: #8f1f18; --expiring: #7a4800; --stale: #333; --ready: #064f45; --disconnected: #444; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  .tools, .found { display: none; }
  tbody, .charts { display: block; }
  tbody tr { content-visibility: visible; break-inside: avoid; }
  figure { break-inside: avoid; margin-bottom: .5rem; }
  .bar { print-color-adjust: exact; }
}
`;
