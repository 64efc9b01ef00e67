import { win32 } from "node:path";
import { makePrintable } from "../../core/printable.ts";
import { type RunTool, type ToolAnswer, withTextFile } from "./run-tool.ts";
import { isLeafOfQbo, plainHex, readCertificate, type TrustPlace, unusable } from "./trust-place.ts";

/** The words for Windows' own tools. What certutil prints is translated, so the store is read through PowerShell. */
const windowsWords = {
  list: [
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    "Get-ChildItem Cert:\\CurrentUser\\TrustedPeople | ForEach-Object { [Convert]::ToBase64String($_.RawData) }",
  ],
  add: (file: string) => ["-user", "-f", "-addstore", "TrustedPeople", file],
  delete: (sha1: string) => ["-user", "-delstore", "TrustedPeople", sha1],
};

/**
 * The current user's store "Trusted People": Chromium trusts a leaf in it that signed itself, and never as an authority. "Trusted Root"
 * would work, too, but what lies there may sign for every site.
 */
export function openTrustedPeople(env: Readonly<Record<string, string | undefined>>, run: RunTool): TrustPlace {
  const system = win32.join(env["SystemRoot"] ?? "C:\\Windows", "System32");
  const certutil = win32.join(system, "certutil.exe");
  const powershell = win32.join(system, "WindowsPowerShell", "v1.0", "powershell.exe");
  return {
    store: "Cert:\\CurrentUser\\TrustedPeople",
    async list() {
      const lines = readAnswer(await run(powershell, windowsWords.list)).split(/\r?\n/);
      const certificates = lines.flatMap((line) => readCertificate(Buffer.from(line, "base64")) ?? []);
      return certificates
        .filter(isLeafOfQbo)
        .map((certificate) => ({ certificate, isTrusted: true, key: plainHex(certificate.fingerprint) }));
    },
    add: async (certificate) =>
      withTextFile(
        certificate.toString(),
        async (file) => void readAnswer(await run(certutil, windowsWords.add(file))),
      ),
    remove: async ({ key }) => void readAnswer(await run(certutil, windowsWords.delete(key))),
  };
}

function readAnswer(answer: ToolAnswer | undefined): string {
  if (answer?.exitCode === 0) return answer.stdout;
  const said = makePrintable((answer?.stderr || answer?.stdout || "").trim().split("\n").at(-1) ?? "", 200);
  throw unusable(
    `The certificate store of Windows did not answer: ${said || "its tool gave no answer"}.`,
    "A policy of your organization may forbid it; then ask whoever looks after this machine.",
  );
}
