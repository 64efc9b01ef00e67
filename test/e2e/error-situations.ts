import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { closeServer, listenOn } from "../adapters/callback-server/fixture.ts";
import { ACCOUNTING, control, start } from "../emulator/emulator-client.ts";
import { findFreePort } from "../world/free-port.ts";
import { fromNow, seed, seedExpired } from "./connections.ts";
import { createHome, type Ended, type Home, readAnswer, runQbo } from "./qbo-process.ts";
import { browse, consent, startLogin } from "./sign-in.ts";

/** Honest ways to the errors of the table: real processes, a real emulator, real files. */

export interface Scene {
  home: Home;
  emulator: Emulator;
}

export async function setScene(): Promise<Scene> {
  return { home: createHome(), emulator: await start() };
}

/** Runs `qbo … --json`. */
export function run(scene: Scene, words: string, env: Record<string, string | undefined> = {}): Promise<Ended> {
  return runQbo([...words.split(" "), "--json"], { ...scene, env });
}

/** Runs `qbo …` after the next answer of the emulator was made a bad one. */
async function runAmid(scene: Scene, fault: Record<string, unknown>, words: string): Promise<Ended> {
  await seedExpired(scene);
  await control(scene.emulator, "faults", fault);
  return run(scene, words);
}

async function login(scene: Scene, callback: (given: { redirectUri: string; state: string }) => string) {
  const started = await startLogin(scene);
  await browse(callback(started));
  return started.ended;
}

/** What is missing here cannot be brought about from outside. */
export const situations: Partial<Record<ErrorCode, Record<string, (scene: Scene) => Promise<Ended>>>> = {
  USAGE: {
    "an unknown option": (scene) => run(scene, "status --sideways"),
    "an unknown command": (scene) => run(scene, "stauts"),
    "a value out of range": (scene) => run(scene, "token --min-validity 9999"),
  },
  AMBIGUOUS_CONNECTION: {
    "two connections and no choice": async (scene) => {
      await seed(scene, 2);
      return run(scene, "token");
    },
  },
  INPUT_REQUIRED: {
    "an environment that nobody chose": (scene) => run(scene, "login"),
    "a confirmation that nobody gave": async (scene) => {
      await seed(scene);
      return run(scene, "revoke c1");
    },
  },
  APP_NOT_CONFIGURED: { "no keys for Intuit": (scene) => run(scene, "login --env sandbox") },
  CONFIG_INVALID: {
    "a key that does not exist": (scene) => {
      writeFileSync(join(scene.home.config, "config.json"), '{\n  "minValidity": 300,\n  "stoer": "file"\n}\n');
      return run(scene, "status");
    },
    "unchecked certificates": (scene) => run(scene, "status", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
  },
  NOT_CONNECTED: {
    "nothing yet": (scene) => run(scene, "token"),
    "a name that nobody has": (scene) => run(scene, "token nobody"),
    "a connection that was disconnected": async (scene) => {
      await seed(scene);
      readAnswer(await run(scene, "revoke c1 --yes"));
      return run(scene, "token c1");
    },
  },
  REFRESH_REJECTED: {
    "a company that disconnected the app": async (scene) => {
      const { realmId } = await seedExpired(scene);
      await control(scene.emulator, "disconnect", { realmId });
      return run(scene, "token");
    },
  },
  REFRESH_EXPIRED: {
    "a refresh token that was not used for too long": async (scene) => {
      await seedExpired(scene, { refreshTokenExpiresAt: fromNow(-60) });
      return run(scene, "token");
    },
    "five years": async (scene) => {
      await seedExpired(scene, { hardExpiresAt: fromNow(-60) });
      return run(scene, "token");
    },
  },
  AUTHORIZATION_DENIED: {
    "a person who cancels": (scene) =>
      login(scene, ({ redirectUri, state }) => `${redirectUri}?error=access_denied&state=${state}`),
  },
  AUTHORIZATION_FAILED: {
    "a code that Intuit does not know": (scene) =>
      login(scene, ({ redirectUri, state }) => `${redirectUri}?code=unknown&realmId=1&state=${state}`),
  },
  LOGIN_TIMED_OUT: {
    "nobody at the browser": async (scene) => (await startLogin(scene, ["--env", "emulator", "--timeout", "1"])).ended,
  },
  WRONG_COMPANY: {
    "consent for another company": async (scene) => {
      await seed(scene);
      const started = await startLogin(scene, ["c1"]);
      await browse(await consent(started));
      return started.ended;
    },
  },
  SCOPE_MISSING: {
    "the person of a connection without openid": async (scene) => {
      await seed(scene, 1, { scopes: [ACCOUNTING] });
      return run(scene, "whoami");
    },
  },
  CLIENT_REJECTED: {
    "a client secret that was changed at Intuit": async (scene) => {
      await seedExpired(scene);
      await control(scene.emulator, "app", { clientId: "qbo-emulator-client", clientSecret: "another" });
      return run(scene, "token");
    },
  },
  INTUIT_REJECTED: {
    "a subscription that has ended": (scene) => runAmid(scene, { kind: "subscription" }, "companyinfo"),
    "a person who is no administrator any more": (scene) => runAmid(scene, { kind: "not-admin" }, "companyinfo"),
  },
  INTUIT_UNEXPECTED_ANSWER: {
    "a page instead of tokens": (scene) =>
      runAmid(scene, { kind: "garbage", endpoint: "token", body: "<html>hello</html>" }, "token"),
  },
  INTUIT_UNREACHABLE: {
    "nobody at the address": async (scene) => {
      await seedExpired(scene);
      await scene.emulator.close();
      return run(scene, "token");
    },
    "no emulator to sign in to": async (scene) => {
      await scene.emulator.close();
      return run(scene, "login --env emulator");
    },
  },
  INTUIT_BUSY: {
    throttling: (scene) => runAmid(scene, { kind: "throttle", endpoint: "token" }, "token"),
    "an outage": (scene) => runAmid(scene, { kind: "outage", endpoint: "token" }, "token"),
    "an API that is throttled": (scene) => runAmid(scene, { kind: "throttle", endpoint: "companyinfo" }, "companyinfo"),
  },
  REFRESH_UNCONFIRMED: {
    "an answer that was lost": (scene) => runAmid(scene, { kind: "lost-reply" }, "token"),
  },
  STORE_UNAVAILABLE: {
    "no keychain on this machine": (scene) => run(scene, "login --env emulator --store keychain"),
    "a store whose key is not given": async (scene) => {
      await seed(scene);
      return run(scene, "token", { QBO_STORE_KEY: undefined });
    },
  },
  STORE_CORRUPT: {
    "a record that somebody changed": async (scene) => {
      await seed(scene);
      damageRecords(scene.home);
      return run(scene, "token");
    },
    "a store that was sealed with another key": async (scene) => {
      await seed(scene);
      return run(scene, "token", { QBO_STORE_KEY: Buffer.alloc(32, "another").toString("base64") });
    },
  },
  FILES_UNAVAILABLE: {
    "a file in the place of a folder": (scene) => {
      writeFileSync(join(scene.home.state, "connections"), "");
      return run(scene, "status");
    },
  },
  CALLBACK_PORT_IN_USE: {
    "another program at the port": async (scene) => {
      const redirectUri = `http://localhost:${await occupyPort()}/callback`;
      return run(scene, "login --env emulator", { QBO_REDIRECT_URI: redirectUri });
    },
    "another qbo login": async (scene) => {
      const { redirectUri } = await startLogin(scene);
      return run(scene, "login --env emulator", { QBO_REDIRECT_URI: redirectUri });
    },
  },
  CERTIFICATE_UNUSABLE: {
    "a certificate of one's own that is not there": (scene) =>
      run(scene, "login --env emulator --tls-cert cert.pem --tls-key key.pem", {
        QBO_REDIRECT_URI: "https://qbo.example.com:1/callback",
      }),
    "a folder in the place of the certificate": (scene) => {
      mkdirSync(join(scene.home.state, "certificates", "callback.pem"), { recursive: true });
      return run(scene, "login --env emulator", { QBO_REDIRECT_URI: "https://localhost:1/callback" });
    },
  },
  EMULATOR_UNUSABLE: {
    "another program at its port": async (scene) => run(scene, `emulator --http --port ${await occupyPort()}`),
    "another emulator at its port": (scene) => run(scene, `emulator --port ${new URL(scene.emulator.baseUrl).port}`),
  },
  PROGRAM_NOT_FOUND: {
    "a program that is nowhere": async (scene) => {
      await seed(scene);
      return run(scene, "exec --json -- no-such-program-anywhere");
    },
  },
  PROGRAM_NOT_RUNNABLE: {
    "a file that is no program": async (scene) => {
      await seed(scene);
      const file = join(scene.home.folder, "notes.txt");
      writeFileSync(file, "");
      return run(scene, `exec --json -- ${file}`);
    },
  },
  CANCELLED: {
    "Ctrl-C while the browser is open": async (scene) => {
      const { signal, ended } = await startLogin(scene);
      signal("SIGINT");
      return ended;
    },
  },
};

/** A port that another program holds. */
async function occupyPort(): Promise<number> {
  const port = await findFreePort();
  const server = await listenOn("127.0.0.1", port);
  server.on("connection", (socket: Socket) => socket.destroy());
  onTestFinished(() => closeServer(server));
  return port;
}

function damageRecords({ state }: Home): void {
  const folder = join(state, "secrets");
  const records = readdirSync(folder).filter((name) => name.startsWith("connection-"));
  for (const record of records) writeFileSync(join(folder, record), '{"version":1}');
}
