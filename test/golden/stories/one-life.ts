import { join } from "node:path";
import { consentAtOnce } from "../../world/following-browser.ts";
import { signIn as consentElsewhere } from "../../emulator/emulator-client.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../../world/emulated-intuit.ts";
import { createKeeper } from "../told.ts";

interface Exported {
  connections: [{ refreshToken: string }];
}

/** One life of a connection, of which every command about one tells. */
export async function tellOneLife(kept: Set<string>): Promise<void> {
  const intuit = await startEmulatedIntuit();
  const { qbo, signIn, world, control, advance } = intuit;
  const [keep, keepAsItIs] = [createKeeper(kept, qbo), createKeeper(kept, qbo, [])];
  await keep("login", "login", "--env", "emulator", "--name", "acme");
  const started = await keepAsItIs("login-start", "login", "acme", "--start");
  world.stdin = (await consentAtOnce(started.json<{ authorizationUrl: string }>().authorizationUrl)) ?? "";
  await keep("login-finish", "login", "--finish", "-");
  for (const name of ["token", "whoami", "companyinfo", "refresh", "status"]) await keep(name, name, "acme");
  await keepAsItIs("token-format-credential-process", "token", "acme", "--format", "credential-process");
  await keep("companyinfo-show-tax-id", "companyinfo", "--show-tax-id");
  await keep("status-live", "status", "--live");
  await keep("error-no-terminal", "status", "--watch");
  await keep("history-limit", "history", "--limit", "1");
  await keep("doctor-well", "doctor", "--offline");

  await keep("export", "export", "acme", "--yes", "--plain");
  await keep("export-with-client-secret", "export", "--all", "--yes", "--plain", "--with-client-secret");
  world.stdin = "correct horse battery staple";
  await keep("export-sealed", "export", "acme", "--yes", "--passphrase-stdin");
  await keep("export-output", "export", "acme", "--yes", "--plain", "--output", join(world.folder, "acme.json"));

  await tellOfIdTokens(keep, intuit);
  world.stdin = (await qbo("token", "acme")).stdout.trim();
  await keep("whoami-token-stdin", "whoami", "--token-stdin", "--env", "emulator");
  const { connections } = (await qbo("export", "acme", "--yes", "--plain")).json<Exported>();
  world.stdin = connections[0].refreshToken;
  await keep("refresh-token-stdin", "refresh", "--token-stdin", "--env", "emulator");
  await keep("use", "use", "acme");
  await keep("rename", "rename", "acme", "acme-2");

  await control("faults", { kind: "invalid-grant" });
  await advance(7200);
  await keep("error", "token");
  await keep("error-before-anything", "token", "--min-validity", "soon");
  await keep("status-reconnect", "status");
  await keep("doctor-all", "doctor", "--all", "--offline");
  await keep("revoke", "revoke", "--yes");
  await keep("status-disconnected", "status");
  await keep("report", "report", "--output", join(world.folder, "report.html"));
  await keep("doctor", "doctor", "--offline");
  await keep("history", "history");
  await keep("revoke-forget", "revoke", "--yes", "--forget");
  await keep("status-empty", "status");
  await keep("doctor-unconnected", "doctor", "--offline", "--env", "emulator");

  await signIn(undefined, "--name", "last");
  world.stdin = (await qbo("export", "last", "--yes", "--plain")).json<Exported>().connections[0].refreshToken;
  await keep("revoke-token-stdin", "revoke", "--token-stdin", "--yes", "--env", "emulator");
}

/** ID tokens that another program received: a good one, and one that expired long ago. */
async function tellOfIdTokens(
  keep: ReturnType<typeof createKeeper>,
  { world, emulator, control, redirectUri }: EmulatedIntuit,
): Promise<void> {
  const receive = async () => (await consentElsewhere(emulator, { redirect_uri: redirectUri })).id_token ?? "";
  world.stdin = await receive();
  await keep("whoami-id-token-stdin", "whoami", "--id-token-stdin", "--env", "emulator");
  await control("policy", { idTokenDefect: "bad-signature" });
  world.stdin = await receive();
  await keep("whoami-id-token-stdin-invalid", "whoami", "--id-token-stdin", "--env", "emulator");
}
