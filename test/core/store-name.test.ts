import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/core/redaction.ts";
import { formatStoreName, isStoreName, readStoreName } from "../../src/core/store-name.ts";

describe("the name of a store", () => {
  it.each([
    ["keychain", { kind: "keychain", text: "keychain" }],
    ["file", { kind: "file", text: "file" }],
    ["helper:pass", { kind: "helper", text: "helper:pass", helper: "pass" }],
    ["helper:Cloud_1.x-y", { kind: "helper", text: "helper:Cloud_1.x-y", helper: "Cloud_1.x-y" }],
    ["postgres://db.example.com/qbo", { kind: "postgres", text: "postgres://db.example.com:5432/qbo" }],
    ["postgresql://me@DB.example.com:6000", { kind: "postgres", text: "postgres://me@db.example.com:6000" }],
    ["postgres://%2FRun%2Fx/y", { kind: "postgres", text: "postgres://%2FRun%2Fx:5432/y" }],
    ["postgres://[::1]/x", { kind: "postgres", text: "postgres://[::1]:5432/x" }],
  ])("%s is read", (text, expected) => {
    expect(readStoreName(text)).toMatchObject(expected);
    expect(readStoreName(expected.text)).toMatchObject(expected);
  });

  it.each([
    "",
    "drawer",
    "Keychain",
    "keychain ",
    "helper:",
    "helper:..",
    "helper:-x",
    "helper:.hidden",
    "helper:a/b",
    "helper:../../bin/sh",
    "helper:a b",
    "helper:a;b",
    "helper:$(a)",
    "helper:a\\b",
    "helper:a\n",
    "helper:a\0",
    `helper:${"a".repeat(101)}`,
    "postgres:",
    "postgres:///qbo",
    "postgres://one,two/qbo",
    "postgres://host/a/b",
    "postgres://host/a#b",
    "postgres://host:99999/a",
    "postgres://ho st/a",
    "mysql://host/a",
  ])("%j is none", (text) => {
    expect(isStoreName(text)).toBe(false);
  });

  it("is shown without the password and the parameters of its address, which it keeps apart", () => {
    const whole = "postgres://me:correct-horse%40x@db.example.com/qbo?sslmode=require&sslpassword=staple-battery";
    const name = readStoreName(whole);
    expect(name).toMatchObject({ text: "postgres://me@db.example.com:5432/qbo", hasPassword: true });
    expect(name?.kind === "postgres" && name.address?.reveal()).toBe(whole);
    expect(JSON.stringify(name)).not.toMatch(/horse|staple/);
    expect(formatStoreName(whole)).toBe("postgres://me@db.example.com:5432/qbo");
    expect(redact("the server says: correct-horse@x is wrong")).not.toContain("horse");
  });

  it("stays legible where its address holds no secret", () => {
    const text = "postgres://me@db.example.com:5432/qbo";
    expect(readStoreName(text)).toEqual({ kind: "postgres", text, address: undefined, hasPassword: false });
    expect(redact(text)).toBe(text);
  });

  it("shows nothing of an address that cannot be read", () => {
    expect(formatStoreName("postgres://me:pass word@host")).toBe("postgres://…");
    expect(formatStoreName("cup\u001bboard")).toBe("cup\\u001bboard");
  });

  it("is written down in one way, whatever was given", () => {
    const part = fc.string({
      unit: fc.constantFrom(...Array.from("abcXYZ019-._~%@:/?#&= é")),
      minLength: 0,
      maxLength: 12,
    });
    fc.assert(
      fc.property(part, part, part, part, (user, password, host, rest) => {
        const name = readStoreName(`postgres://${user}:${password}@${host}/${rest}`);
        if (!name) return;
        expect(readStoreName(name.text)?.text).toBe(name.text);
        expect(name.text).not.toContain("?");
        expect(new URL(name.text).password).toBe("");
      }),
      { numRuns: 500 },
    );
  });
});
