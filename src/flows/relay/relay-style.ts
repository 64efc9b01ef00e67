/** The style of the relay page: the colours of the callback pages, without anything that has to be fetched. */
export const relayStyle = `
:root {
  color-scheme: light dark;
  --ground: #f4f3f0; --glow: #e7e5f6; --card: #fff; --edge: #e3e0da; --ink: #1d1b26; --soft: #5f5b6b;
  --code-ground: #f2f1f7; --code-ink: #2d2748; --brand: #4b3fa7; --on-brand: #fff; --shadow: 29 27 38;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131218; --glow: #231f3d; --card: #1c1a23; --edge: #3a3648; --ink: #f1eff6; --soft: #aaa5b8;
    --code-ground: #262332; --code-ink: #ddd6ff; --brand: #a99cff; --on-brand: #131218; --shadow: 0 0 0;
  }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; padding: 1.25rem; display: grid; grid-template-rows: 1fr auto 1fr;
  place-items: center; gap: 1.25rem; color: var(--ink); font: 1rem/1.55 system-ui, sans-serif;
  background: radial-gradient(60rem 36rem at 50% -8rem, var(--glow), transparent 70%) var(--ground);
}
.brand { align-self: end; margin: 0; font: 700 1.0625rem/1 ui-monospace, Menlo, Consolas, monospace; color: var(--brand); }
.card {
  width: 100%; max-width: 34rem; padding: 2rem 1.5rem; background: var(--card); border: 1px solid var(--edge);
  border-radius: 1.25rem; box-shadow: 0 1px 2px rgb(var(--shadow) / .06), 0 1.5rem 3.5rem -1.5rem rgb(var(--shadow) / .28);
}
h1 { margin: 0; font-size: clamp(1.375rem, 1.1rem + 1.5vw, 1.75rem); line-height: 1.25; letter-spacing: -.015em; font-weight: 650; }
h2 { margin: 1.75rem 0 0; padding-top: 1.25rem; border-top: 1px solid var(--edge); font-size: 1rem; font-weight: 650; }
p { margin: .5rem 0 0; }
.soft { color: var(--soft); font-size: .875rem; }
code, textarea { font: .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; color: var(--code-ink); }
pre, textarea {
  display: block; width: 100%; margin: .75rem 0 0; padding: .75rem .875rem; background: var(--code-ground);
  border: 1px solid var(--edge); border-radius: .625rem; resize: none; word-break: break-all;
}
.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: .625rem; margin-top: 1rem; }
button {
  padding: .5625rem 1rem; font: inherit; font-weight: 550; color: var(--brand); background: transparent;
  border: 1px solid var(--brand); border-radius: .625rem; cursor: pointer;
}
.first { color: var(--on-brand); background: var(--brand); }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px; }
.bar { height: 3px; margin-top: 1rem; border-radius: 2px; background: var(--edge); overflow: hidden; }
.bar > div { height: 100%; background: var(--brand); transform-origin: left; animation: fill 1.5s linear both; }
.staying .bar { visibility: hidden; }
@keyframes fill { from { transform: scaleX(0); } }
@media (prefers-reduced-motion: reduce) { .bar > div { animation: none; } }
`;
