import { describe, expect, it } from "vitest";
import { toKeychainError } from "../../../src/adapters/vault/keychain-failure.ts";
import type { KeychainStage } from "../../../src/adapters/vault/keychain-failure.ts";

const linux = (stage: KeychainStage, message: string) => toKeychainError({ stage, message, platform: "linux" });

describe("the reason why the keychain cannot be used", () => {
  it.each<[KeychainStage, string, string, string]>([
    [
      "load",
      "libsecret-1.so.0: cannot open shared object file: No such file or directory",
      "libsecret-1.so.0 is not installed",
      "apt-get install libsecret-1-0",
    ],
    [
      "write",
      "The name org.freedesktop.secrets was not provided by any .service files",
      "provides the Secret Service",
      "apt-get install gnome-keyring",
    ],
    [
      "write",
      "GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: no such name",
      "provides the Secret Service",
      "apt-get install gnome-keyring",
    ],
    ["read", "Cannot autolaunch D-Bus without X11 $DISPLAY", "no D-Bus session bus", "desktop session"],
    ["read", "Could not connect: No such file or directory", "no D-Bus session bus", "desktop session"],
    ["write", "Cannot create an item in a locked collection", "keyring is locked", "Unlock"],
    [
      "write",
      "Object does not exist at path “/org/freedesktop/secrets/collection/login”",
      "no login keyring",
      "default keyring",
    ],
    ["read", "Timeout was reached", "did not answer in time", "restart the service"],
    ["write", "no answer within 3 s", "did not answer in time", "restart the service"],
    ["write", "Prompt was dismissed", "was closed", "Unlock"],
  ])("%s: %s", (stage, message, reason, fix) => {
    const error = linux(stage, message);
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toMatch(/^The keychain cannot be used: [^\n]+\.$/);
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(fix);
    expect(error.hint).toContain("QBO_STORE=file");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("shows an unknown text, made harmless, with the step that failed", () => {
    expect(linux("remove", "odd\u001b[31m text.").message).toBe(
      "The keychain cannot be used: removing from it failed (odd\\u001b[31m text).",
    );
  });

  it("does not explain Linux on other systems", () => {
    const error = toKeychainError({ stage: "write", message: "The keychain is locked", platform: "darwin" });
    expect(error.message).toBe("The keychain cannot be used: writing to it failed (The keychain is locked).");
  });
});
