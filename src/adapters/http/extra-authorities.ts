import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ExtraAuthorities } from "../../core/machine.ts";
import type { Env } from "./find-proxy.ts";

/**
 * What NODE_EXTRA_CA_CERTS came to. Node.js reads it when it starts, and goes on with a warning when it cannot. Null when it is not
 * set.
 */
export function inspectExtraAuthorities(env: Env): ExtraAuthorities | null {
  const path = env["NODE_EXTRA_CA_CERTS"];
  if (path === undefined || path === "") return null;
  const text = read(path);
  if (typeof text !== "string") return { path, ...text };
  const blocks =
    text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g) ??
    [];
  if (blocks.length === 0) return { path, kind: "no-certificate" };
  return blocks.every(isCertificate) ? { path, kind: "usable", count: blocks.length } : { path, kind: "damaged" };
}

function read(path: string): string | { kind: "missing" | "unreadable" } {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    return { kind: error.code === "ENOENT" ? "missing" : "unreadable" };
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
