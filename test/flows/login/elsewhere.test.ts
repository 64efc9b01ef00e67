import { describe, expect, it } from "vitest";
import { inspectSurroundings } from "../../../src/adapters/surroundings.ts";
import { describeElsewhere, type Place } from "../../../src/flows/login/elsewhere.ts";
import type { LoginPlan } from "../../../src/flows/login/plan.ts";
import type { ListenAddress } from "../../../src/core/callback-server.ts";
import { readRedirectUri } from "../../../src/oauth/redirect-uri.ts";

const local: ListenAddress = { scheme: "https", host: "localhost", port: 8722 };

function describePlace(place: Partial<Place>, redirectUri = "https://localhost:8722/callback", listen = local): string {
  const app = {
    name: "a",
    environment: "e",
    clientId: "c",
    redirectUri: readRedirectUri(redirectUri),
    scopes: [],
    source: "",
  };
  const plan: LoginPlan = {
    app,
    listen,
    tls: undefined,
    isRedirectGiven: false,
    environment: {
      name: "e",
      redirectRules: "development",
      endpoints: { authorization: "", token: "", revocation: "", userInfo: "", jwks: "", issuer: "", api: "" },
    },
    scopes: [],
    store: "file",
    existing: undefined,
    name: undefined,
    timeout: 1,
  };
  const nowhere = { isContainer: false, isWsl: false };
  return (
    describeElsewhere(plan, {
      env: {},
      hostname: "box",
      surroundings: nowhere,
      isBrowserOpen: false,
      isToldTo: false,
      ...place,
    }) ?? ""
  );
}

const ssh = { SSH_CONNECTION: "203.0.113.7 50000 198.51.100.2 22", USER: "ada" };

describe("the way of the answer to this machine", () => {
  it("needs no word on a machine of one's own", () => {
    expect(describePlace({})).toBe("");
  });

  it("is an SSH command, built from what the session tells", () => {
    expect(describePlace({ env: ssh })).toContain("\n  ssh -L 8722:localhost:8722 ada@198.51.100.2");
    expect(describePlace({ env: { SSH_TTY: "/dev/pts/1", LOGNAME: "ada" } })).toContain("ada@box");
    expect(describePlace({ env: ssh, isBrowserOpen: true })).toContain("ssh -L");
    expect(describePlace({ env: ssh, isBrowserOpen: true, isToldTo: true })).toBe("");
  });

  it("holds nothing that a shell would run", () => {
    const env = { SSH_CONNECTION: "a 1 $(reboot) 22;reboot", USER: "a;reboot", CODESPACE_NAME: "" };
    expect(describePlace({ env })).toMatch(/\n {2}ssh -L 8722:localhost:8722 box$/);
    expect(describePlace({ env: { CODESPACE_NAME: "a`reboot`" } })).toMatch(/-c <codespace>$/);
  });

  it("is not asked for where a tunnel leads here, but for a name of one's own on loopback and a relay page", () => {
    const plain: ListenAddress = { scheme: "http", host: "127.0.0.1", port: 8722 };
    expect(describePlace({ env: ssh }, "https://name.example/callback", plain)).toBe("");
    expect(describePlace({ env: ssh }, "https://qbo.example.com:8722/callback")).toContain("ssh -L 8722");
    expect(describePlace({ env: ssh }, "https://pages.example.com/relay.html")).toContain(
      "ssh -L 8722:localhost:8722 ",
    );
  });

  it("in a container is a published port and a listener that it reaches", () => {
    const surroundings = { isContainer: true, isWsl: false };
    expect(describePlace({ surroundings })).toMatch(/\n {2}qbo login --env e --listen https:\/\/0\.0\.0\.0:8722$/);
    expect(describePlace({ surroundings })).toContain("--listen https://0.0.0.0:8722");
    expect(describePlace({ surroundings }, undefined, { ...local, host: "0.0.0.0" })).toBe("");
  });

  it("is Windows' own where Linux runs under it", () => {
    const surroundings = { isContainer: false, isWsl: true };
    expect(describePlace({ surroundings })).toContain("Open the address in Windows");
    expect(describePlace({ surroundings, isBrowserOpen: true })).toBe("");
  });
});

describe("the surroundings", () => {
  it("are told by variables and by the kernel's name", () => {
    expect(inspectSurroundings({ container: "podman" }, "6.1.0").isContainer).toBe(true);
    expect(inspectSurroundings({ KUBERNETES_SERVICE_HOST: "10.0.0.1" }, "6.1.0").isContainer).toBe(true);
    expect(inspectSurroundings({}, "5.15.90.1-microsoft-standard-WSL2").isWsl).toBe(true);
    expect(inspectSurroundings({ WSL_DISTRO_NAME: "Debian" }, "6.1.0").isWsl).toBe(true);
    expect(inspectSurroundings({}, "6.1.0-amd64").isWsl).toBe(false);
  });
});
