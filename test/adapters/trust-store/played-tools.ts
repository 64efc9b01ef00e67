import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RunTool } from "../../../src/adapters/trust-store/run-tool.ts";

// No macOS and no Windows runs here: their tools are played, as their manuals describe them.

export interface Held {
  pem: string;
  isTrusted: boolean;
}

const ok = (stdout = "") => ({ exitCode: 0, stdout, stderr: "" });
const fail = (exitCode: number, stderr: string) => ({ exitCode, stdout: "", stderr });
const sha1 = (pem: string) => new X509Certificate(pem).fingerprint.replaceAll(":", "");

/** `security` with one keychain. It refuses what macOS refuses: `trustAsRoot` for a certificate that signed itself. */
export function playSecurity(held: Held[]): RunTool {
  return async (program, [command, ...words]) => {
    if (program !== "/usr/bin/security") return undefined;
    const file = words.at(-1) ?? "";
    const given = () => readFileSync(file, "utf8");
    const find = () => held.find(({ pem }) => pem === given());
    if (command === "find-certificate") return ok(held.map(({ pem }) => pem).join(""));
    if (command === "verify-cert") return find()?.isTrusted ? ok() : fail(1, "CSSMERR_TP_NOT_TRUSTED");
    if (command === "add-trusted-cert") {
      if (words[words.indexOf("-r") + 1] !== "trustRoot")
        return fail(1, "SecTrustSettingsSetTrustSettings: One or more parameters passed to a function were not valid.");
      held.push({ pem: given(), isTrusted: true });
      return ok();
    }
    if (command === "remove-trusted-cert") {
      for (const entry of held) if (entry.pem === given()) entry.isTrusted = false;
      return ok();
    }
    const index = held.findIndex(({ pem }) => sha1(pem) === words[1]);
    if (command !== "delete-certificate" || index === -1) return fail(44, "not found");
    held.splice(index, 1);
    return ok();
  };
}

/** The tools of Windows with the store "Trusted People" of the user. */
export function playWindows(held: Held[]): RunTool {
  return async (program, words) => {
    if (program === "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe")
      return ok(held.map(({ pem }) => new X509Certificate(pem).raw.toString("base64")).join("\r\n"));
    if (program !== "C:\\Windows\\System32\\certutil.exe" || words[0] !== "-user" || !words.includes("TrustedPeople"))
      return undefined;
    if (words.includes("-addstore")) {
      held.push({ pem: readFileSync(words.at(-1) ?? "", "utf8"), isTrusted: true });
      return ok();
    }
    const index = held.findIndex(({ pem }) => sha1(pem).toLowerCase() === words.at(-1));
    if (index === -1) return fail(1, "CertUtil: -delstore command FAILED");
    held.splice(index, 1);
    return ok();
  };
}
