/** The style of the pages. Colours are named once, for light and for dark; sizes grow from phone to desktop. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f3f0; --glow: #e7e5f6; --card: #fff; --edge: #e3e0da; --ink: #1d1b26; --soft: #5f5b6b;
  --code-ground: #f2f1f7; --code-ink: #2d2748; --wire: #c9c5d6; --brand: #4b3fa7;
  --good: #0d7a6b; --bad: #b3372f; --on-mark: #fff; --shadow: 29 27 38;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131218; --glow: #231f3d; --card: #1c1a23; --edge: #302d3b; --ink: #f1eff6; --soft: #aaa5b8;
    --code-ground: #262332; --code-ink: #ddd6ff; --wire: #4b465b; --brand: #a99cff;
    --good: #4fc9b4; --bad: #ff8d80; --on-mark: #131218; --shadow: 0 0 0;
  }
}
*, ::before, ::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem; display: grid; grid-template-rows: 1fr auto 1fr;
  place-items: center; gap: 1.25rem; color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
  background: radial-gradient(60rem 36rem at 50% -8rem, var(--glow), transparent 70%) var(--ground);
}
.brand { align-self: end; margin: 0; font: 700 1.0625rem/1 ui-monospace, Menlo, Consolas, monospace; color: var(--brand); }
.card {
  width: 100%; max-width: 31rem; padding: 2rem 1.5rem; text-align: center; background: var(--card);
  border: 1px solid var(--edge); border-radius: 1.25rem;
  box-shadow: 0 1px 2px rgb(var(--shadow) / .06), 0 1.5rem 3.5rem -1.5rem rgb(var(--shadow) / .28);
}
.picture { display: block; width: 100%; max-width: 15rem; height: auto; margin: 0 auto 1.5rem; }
.device { fill: var(--code-ground); stroke: var(--wire); stroke-width: 1.5; }
.glyph { fill: none; stroke: var(--soft); stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
.wire { fill: none; stroke: var(--mark); stroke-width: 2.5; stroke-linecap: round; }
.failed .wire { stroke: var(--wire); stroke-dasharray: 1 7; }
.halo { fill: var(--card); }
.disc { fill: var(--mark); }
.sign { fill: none; stroke: var(--on-mark); stroke-width: 3.25; stroke-linecap: round; stroke-linejoin: round; }
.connected { --mark: var(--good); }
.failed { --mark: var(--bad); }
h1 {
  margin: 0; font-size: clamp(1.375rem, 1.1rem + 1.5vw, 1.75rem); line-height: 1.25; letter-spacing: -.015em;
  font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; overflow: clip; overflow-clip-margin: .3em;
}
h1 > span { display: block; font-size: 1rem; line-height: 1.5; letter-spacing: 0; font-weight: 500; color: var(--soft); }
p { margin: .75rem 0 0; overflow-wrap: anywhere; text-wrap: pretty; }
.soft { color: var(--soft); text-wrap: balance; }
dl { margin: 1.5rem 0 0; border-top: 1px solid var(--edge); text-align: start; }
dl > div { display: flex; gap: 1.5rem; justify-content: space-between; padding: .75rem .125rem; border-bottom: 1px solid var(--edge); }
dt { color: var(--soft); flex: none; }
dd { margin: 0; min-width: 0; text-align: end; font-weight: 550; overflow-wrap: anywhere; }
dl > :last-child { border-bottom: 0; padding-bottom: 0; }
.badge { display: inline-block; padding: .125rem .75rem; font-size: .875rem; border-radius: .875rem; color: var(--code-ink); background: var(--code-ground); }
.end { margin-top: 1.5rem; }
.next { margin-top: 1.5rem; font-weight: 550; }
code { font: .9375em/1.6 ui-monospace, Menlo, Consolas, monospace; }
p code { padding: .1em .35em; border-radius: .35em; color: var(--code-ink); background: var(--code-ground); }
pre {
  margin: .5rem 0 0; padding: .875rem 1rem; text-align: start; white-space: pre-wrap; overflow-wrap: anywhere;
  color: var(--code-ink); background: var(--code-ground); border-radius: .75rem;
}
pre::before { content: "$ " / ""; color: var(--soft); font: .9375em/1.6 ui-monospace, Menlo, Consolas, monospace; user-select: none; }
pre code { user-select: all; }
pre span { display: inline-block; max-width: 100%; }
.advice { margin-top: 1.5rem; padding: .875rem 1rem; text-align: start; background: var(--code-ground); border-radius: .75rem; }
.advice code { background: var(--card); }
footer { align-self: start; max-width: 31rem; text-align: center; text-wrap: balance; font-size: .875rem; color: var(--soft); }
@media (min-width: 40rem) { .card { padding: 2.75rem 3rem; } }
@media (prefers-reduced-motion: no-preference) {
  .card { animation: rise .5s cubic-bezier(.2, .8, .2, 1) both; }
  .connected .wire { stroke-dasharray: 60; animation: draw .6s .2s ease-out both; }
  .seal { transform-origin: 120px 40px; animation: pop .45s .45s cubic-bezier(.2, 1.5, .4, 1) both; }
}
@keyframes rise { from { opacity: 0; transform: translateY(.5rem); } }
@keyframes draw { from { stroke-dashoffset: 60; } }
@keyframes pop { from { opacity: 0; transform: scale(.4); } }
@media (forced-colors: active) { .disc { fill: CanvasText; } .sign { stroke: Canvas; } .wire, .glyph { stroke: CanvasText; } }
`;
