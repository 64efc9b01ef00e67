/** The look of the emulator's pages: light and dark, phone and desktop, keyboard and forced colours. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f1; --card: #ffffff; --ink: #1d2420; --quiet: #5a645e; --line: #d9ddd8;
  --accent: #1d6b4f; --accent-hover: #17573f; --on-accent: #ffffff; --chosen: #edf5f1;
  --banner: #f6e3b4; --on-banner: #4a3500; --trouble: #a5371f; --focus: #1f5fbf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #141816; --card: #1e2421; --ink: #e9eeea; --quiet: #a3aea8; --line: #39423d;
    --accent: #6cc9a2; --accent-hover: #86d8b6; --on-accent: #0c2119; --chosen: #21332b;
    --banner: #493a12; --on-banner: #fbe9bd; --trouble: #f0937c; --focus: #8ab8ff;
  }
}
* { box-sizing: border-box; margin: 0; }
html { scroll-padding-bottom: 6rem; }
body {
  min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
.banner { background: var(--banner); color: var(--on-banner); padding: .625rem 1rem; text-align: center; font-size: .875rem; }
main { flex: 1; display: grid; place-items: center; padding: 2rem 1rem; }
.card {
  width: 100%; max-width: 30rem; display: grid; gap: 1.5rem; padding: 2rem; min-width: 0;
  background: var(--card); border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 8px 30px rgb(0 0 0 / .07);
}
.card > * { min-width: 0; overflow-wrap: anywhere; }
.intro { display: grid; gap: .5rem; justify-items: center; text-align: center; }
.mark {
  display: grid; place-items: center; width: 3.25rem; height: 3.25rem; margin-bottom: .25rem; border-radius: 1rem;
  background: var(--accent); color: var(--on-accent); font-size: 1.5rem; font-weight: 600;
}
.mark.trouble { background: none; color: var(--trouble); border: 2px solid currentColor; border-radius: 50%; }
h1 { font-size: 1.375rem; line-height: 1.3; font-weight: 650; text-wrap: balance; }
h2, legend, dt { padding: 0; font-size: .875rem; font-weight: 600; }
h2, legend { margin-bottom: .5rem; }
.quiet { text-wrap: pretty; color: var(--quiet); font-size: .875rem; }
.fine { text-align: center; text-wrap: balance; }
.address { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
code { display: block; font: .75rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--quiet); }
.scopes { list-style: none; padding: 0; display: grid; gap: .625rem; }
.scopes li { display: flex; gap: .75rem; text-wrap: pretty; }
.scopes li::before { content: "✓"; flex: none; color: var(--accent); font-weight: 700; }
fieldset { border: 0; padding: 0; }
.companies { display: grid; gap: .5rem; max-height: 20rem; overflow-y: auto; padding: 3px; margin: -3px; }
.company {
  display: flex; gap: .75rem; align-items: center; padding: .75rem 1rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: .625rem;
}
.company:hover { border-color: var(--accent); }
.company:has(:checked) { border-color: var(--accent); background: var(--chosen); }
.company:has(:focus-visible) { outline: 2px solid var(--focus); outline-offset: 1px; }
.company > span { display: grid; min-width: 0; }
.company .name {
  font-weight: 550; overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
}
.companies + .quiet { margin-top: .75rem; }
input[type="radio"] { flex: none; width: 1.125rem; height: 1.125rem; accent-color: var(--accent); }
input[type="radio"]:focus-visible { outline: none; }
.actions {
  display: grid; grid-template-columns: 2fr 1fr; gap: .75rem; position: sticky; bottom: 0; margin: -.75rem -1px;
  padding: .75rem 1px; background: var(--card);
}
button {
  min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; cursor: pointer; color: var(--ink);
  background: none; border: 1px solid var(--line); border-radius: .625rem;
}
button:hover { border-color: var(--ink); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
button:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
dl { display: grid; gap: .125rem; }
dd + dt { margin-top: .75rem; }
@media (max-width: 30rem) {
  main { padding: 0; place-items: stretch; }
  .card { padding: 1.5rem 1rem; border: 0; border-radius: 0; box-shadow: none; align-content: start; }
}
@media (forced-colors: active) { input[type="radio"]:focus-visible { outline: 2px solid; } }
`;
