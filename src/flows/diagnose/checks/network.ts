import type { Environment } from "../../../core/environment.ts";
import { listOrigins } from "../../../core/environment.ts";
import type { FailedPart } from "../../../core/failures.ts";
import type { ExtraAuthorities } from "../../../core/machine.ts";
import { makePrintable } from "../../../core/printable.ts";
import { fail, pass, skip, warn } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";

/** Whether each host that a connection needs answers at all, and through which proxy. */
export const network: Check = {
  id: "network",
  title: "Network",
  purpose:
    "Each of Intuit's hosts can be reached: DNS, connection, TLS, and the proxy that applies to it; NODE_EXTRA_CA_CERTS can be read.",
  needsNetwork: true,
  async run(examination) {
    const { environment, world } = examination;
    if (!environment) return skip("No environment was chosen.");
    const origins = listOrigins(environment.endpoints);
    const looks = await Promise.all(origins.map((origin) => look(examination, environment, origin)));
    const authorities = (await world.machine()).inspectExtraAuthorities();
    const troubles = looks.flatMap(({ trouble }) => trouble ?? []);
    if (troubles.length > 0) return reportTroubles(troubles, authorities, environment.name === "emulator");
    const detail = `${looks.map(({ host, way }) => `${host}${way}`).join(", ")}.${describeAuthorities(authorities)}`;
    return isWithout(authorities) ? warn(detail, mendAuthorities) : pass(detail);
  },
};

interface Trouble {
  told: string;
  part: FailedPart;
}

async function look({ world, ask }: Examination, { endpoints }: Environment, origin: string) {
  // The host of the keys is asked for its keys anyway; that answer also tells the time.
  const isKeyHost = new URL(endpoints.jwks).origin === origin;
  const reply = await ask(isKeyHost ? endpoints.jwks : `${origin}/`);
  const host = new URL(origin).host;
  const unreachable = reply.kind === "unreachable" ? reply : undefined;
  // With a proxy's address that is none, that is the trouble.
  const proxy = unreachable?.part === "settings" ? null : (await world.machine()).findProxy(origin);
  const way = proxy === null ? "" : ` through the proxy ${proxy}`;
  const trouble = unreachable && { told: tellTrouble(unreachable.reason, proxy), part: unreachable.part };
  return { host, way, trouble };
}

/** A failure on the way to the server names the proxy already. */
function tellTrouble(reason: string, proxy: string | null): string {
  return proxy === null || reason.includes(proxy) ? reason : `${reason} It was asked for through the proxy ${proxy}.`;
}

const mendAuthorities = "Set NODE_EXTRA_CA_CERTS to a readable file with certificates in PEM, or unset it.";

const fixes: Readonly<Record<FailedPart, string>> = {
  settings: "Correct the proxy's address (HTTPS_PROXY, HTTP_PROXY).",
  dns: "Check DNS: can this machine look up names of the internet? Behind a proxy it need not: set HTTPS_PROXY.",
  connection:
    "Check the firewall. If only a proxy may go out, set HTTPS_PROXY; if this host must not go through it, NO_PROXY.",
  tls: "If your network inspects TLS, set NODE_EXTRA_CA_CERTS to the file of its authority. Otherwise check the clock and who answers there.",
  proxy:
    "Check the proxy in HTTPS_PROXY: address, user name and password, and whether it allows these hosts. NO_PROXY exempts hosts.",
  unknown: "Check DNS, firewall and proxy (HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS).",
};

const emulatorFix =
  "If no emulator is running, start one in another terminal: qbo emulator. If one is, let both use the same QBO_STATE_DIR, and QBO_EMULATOR_URL say http or https as it does.";

function reportTroubles(troubles: readonly Trouble[], authorities: ExtraAuthorities | null, isEmulator: boolean) {
  const detail = `${troubles.map(({ told }) => told).join(" ")}${describeAuthorities(authorities)}`;
  const parts = [...new Set(troubles.map(({ part }) => part))];
  const isTlsTrouble = parts.includes("tls") || parts.includes("proxy");
  const own = isTlsTrouble && isWithout(authorities) ? [mendAuthorities] : parts.map((part) => fixes[part]);
  const fix = isEmulator ? emulatorFix : own.join(" ");
  return fail(detail, fix, {
    cause: "network-unreachable",
    confidence: "certain",
    fix: isEmulator ? ["qbo emulator"] : own,
  });
}

function isWithout(authorities: ExtraAuthorities | null): boolean {
  return authorities !== null && authorities.kind !== "usable";
}

function describeAuthorities(authorities: ExtraAuthorities | null): string {
  if (authorities === null) return "";
  const path = makePrintable(authorities.path, 200);
  switch (authorities.kind) {
    case "usable": {
      const what = authorities.count === 1 ? "one authority is" : `${authorities.count} authorities are`;
      return ` By NODE_EXTRA_CA_CERTS (${path}) ${what} trusted besides the usual ones.`;
    }
    case "missing":
      return ` NODE_EXTRA_CA_CERTS names ${path}, which does not exist; it has no effect.`;
    case "unreadable":
      return ` NODE_EXTRA_CA_CERTS names ${path}, which cannot be read; it has no effect.`;
    case "no-certificate":
      return ` NODE_EXTRA_CA_CERTS names ${path}, which holds no certificate in PEM; it has no effect.`;
    case "damaged":
      return ` NODE_EXTRA_CA_CERTS names ${path}, which holds a damaged certificate; Node.js may ignore it.`;
  }
}
