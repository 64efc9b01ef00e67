/**
 * The script of the relay page. It puts together one address, of a place that is fixed and the query that came, and goes there by
 * `location.replace`, so that the code stays in no history. Whoever touches the page first is given time to read and to copy.
 */
export const relayScript = `"use strict";
(() => {
  const target = "__TARGET__";
  const pauseMs = 1500;
  const element = (id) => document.getElementById(id);
  const query = new URLSearchParams(location.search);
  const isAnswer = query.has("state") && (query.has("code") || query.has("error"));
  if (!isAnswer || window.top !== window.self) {
    element("nothing").hidden = false;
    return;
  }
  const address = target.origin + (target.path === null ? location.pathname : target.path) + location.search;
  if (new URL(address).origin !== target.origin) return;
  const go = () => location.replace(address);
  const timer = setTimeout(go, pauseMs);
  const stay = () => {
    clearTimeout(timer);
    document.body.className = "staying";
    element("stay").hidden = true;
    element("progress").textContent = "QuickBooks has answered. Nothing is handed on until you say so.";
  };
  const box = element("address");
  // The address that is registered: qbo takes it also where nothing listens.
  const own = location.origin + location.pathname + location.search;
  box.value = own;
  box.addEventListener("focus", () => { stay(); box.select(); });
  element("go").addEventListener("click", go);
  element("stay").addEventListener("click", stay);
  element("copy").addEventListener("click", async () => {
    stay();
    box.select();
    try {
      await navigator.clipboard.writeText(own);
      element("copied").textContent = "Copied";
    } catch {
      element("copied").textContent = "Press Ctrl+C (on a Mac: Command+C)";
    }
  });
  element("answer").hidden = false;
})();
`;
