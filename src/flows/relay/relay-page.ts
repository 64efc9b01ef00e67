import { hashSource } from "../../core/html.ts";
import { relayScript } from "./relay-script.ts";
import { relayStyle } from "./relay-style.ts";

/** Where a relay page hands its query to. */
export interface RelayTarget {
  /** Scheme, host and port on this machine. */
  origin: string;
  /** The path at the callback server; null for the path that the page itself has. */
  path: string | null;
}

/**
 * One HTML file that hands the query of its address to the callback server of qbo on the person's own computer. It asks nobody for anything: its
 * policy forbids all but its own script and style, and the only place that it can lead to is written into it.
 */
export function buildRelayPage(target: RelayTarget): string {
  // Read by the script as JSON; no character in it can end the element it stands in.
  const script = relayScript.replace('"__TARGET__"', () => JSON.stringify(target).replaceAll("<", "\\u003c"));
  const policy = [
    "default-src 'none'",
    `script-src '${hashSource(script)}'`,
    `style-src '${hashSource(relayStyle)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back to qbo</title>
<style>${relayStyle}</style>
</head>
<body>
<p class="brand">qbo</p>
<main class="card">
<noscript>
<h1>One step is left</h1>
<p>Copy the whole address of this page from the address bar and paste it into the terminal where <code>qbo</code> waits.</p>
<p class="soft">It holds a code that works once and for a few minutes. Give it to nobody else.</p>
</noscript>
<section id="answer" hidden>
<h1>Back to qbo</h1>
<p id="progress" role="status">QuickBooks has answered. This page hands the answer to qbo on this computer.</p>
<div class="buttons"><button id="go" class="first" type="button">Continue to qbo</button><button id="stay" type="button">Stay here</button></div>
<div class="bar" aria-hidden="true"><div></div></div>
<h2>If nothing happens</h2>
<p>If qbo runs on another computer, or the browser cannot connect: copy this address and paste it into the terminal where qbo waits.</p>
<textarea id="address" rows="5" readonly spellcheck="false" aria-label="The address to paste"></textarea>
<div class="buttons"><button id="copy" type="button">Copy the address</button><span id="copied" class="soft" role="status"></span></div>
<p class="soft">It holds a code that works once and for a few minutes. Give it to nobody else.</p>
</section>
<section id="nothing" hidden>
<h1>Nothing to hand on</h1>
<p>Intuit sends a browser to this page at the end of a sign-in. Start one in a terminal:</p>
<pre><code>qbo login</code></pre>
</section>
</main>
<script>${script}</script>
</body>
</html>
`;
}
