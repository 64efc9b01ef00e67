import type { Environment } from "../../../core/environment.ts";
import { listOrigins } from "../../../core/environment.ts";
import type { Check, Examination } from "../examination.ts";
import { fail, pass, skip } from "../finding.ts";

/** Whether each host that a connection needs answers at all, and through which proxy. */
export const network: Check = {
  id: "network",
  title: "Network",
  purpose: "Each of Intuit's hosts can be reached: DNS, TLS, and the proxy that applies to it.",
  needsNetwork: true,
  async run(examination) {
    const { environment } = examination;
    if (!environment) return skip("No environment was chosen.");
    const origins = listOrigins(environment.endpoints);
    const looks = await Promise.all(origins.map((origin) => look(examination, environment, origin)));
    const troubles = looks.filter(({ reason }) => reason !== null);
    if (troubles.length === 0) return pass(looks.map(({ host, way }) => `${host}${way}`).join(", ") + ".");
    const detail = troubles
      .map(({ reason, way }) => `${reason ?? ""}${way === "" ? "" : ` It was asked for${way}.`}`)
      .join(" ");
    const fix =
      environment.name === "emulator"
        ? "If no emulator is running, start one in another terminal: qbo emulator. If one is, let both use the same QBO_STATE_DIR, and QBO_EMULATOR_URL say http or https as it does."
        : "Check DNS, firewall and proxy (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS).";
    return fail(detail, fix, {
      cause: "network-unreachable",
      confidence: "certain",
      fix: environment.name === "emulator" ? ["qbo emulator"] : [fix],
    });
  },
};

async function look({ world, ask }: Examination, { endpoints }: Environment, origin: string) {
  // The host of the keys is asked for its keys anyway; that answer also tells the time.
  const isKeyHost = new URL(endpoints.jwks).origin === origin;
  const reply = await ask(isKeyHost ? endpoints.jwks : `${origin}/`);
  const proxy = (await world.machine()).findProxy(origin);
  return {
    host: new URL(origin).host,
    way: proxy === null ? "" : ` through the proxy ${proxy}`,
    reason: reply.kind === "unreachable" ? reply.reason : null,
  };
}
