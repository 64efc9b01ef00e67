import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { trustCertificate } from "../../flows/certificates/change-trust.ts";
import type { CertificateReport } from "../../flows/certificates/inspect-certificates.ts";
import { describeCertificate, firefoxNote } from "../kit/certificate-lines.ts";
import { defineCommand } from "../kit/command.ts";
import { readSwitch } from "../kit/options.ts";

export const certsTrustCommand = defineCommand<{ yes: boolean }, CertificateReport>({
  name: "certs trust",
  group: "Setting up",
  summary: "Let this person's browsers trust the callback's certificate",
  description:
    "Adds the certificate to the trust stores of this person, never of the whole machine: the NSS databases of Chromium-like browsers on Linux, the " +
    "login keychain on macOS, Trusted People on Windows. It can speak for this machine's localhost and sign nothing. Afterwards the browser " +
    "opens the callback page without a warning. qbo certs untrust takes it back.",
  options: [{ flags: "--yes", description: "do not ask; needed where nobody can be asked" }],
  examples: [["qbo certs trust", "asks first, at a terminal"]],
  read: (raw) => ({ yes: readSwitch(raw, "yes") }),
  run: askAndTrust,
  human: (report, style) =>
    [
      `${style.green("✓")} Browsers of this person trust the certificate. One that is open may have to be started anew.`,
      "",
      ...describeCertificate(report, style),
      "",
      style.dim(firefoxNote),
    ].join("\n"),
  json: (report) => report,
  exitCode: ({ stores }) => (stores.every(({ trusted }) => trusted) ? 0 : 8),
});

async function askAndTrust(world: World, { yes }: { yes: boolean }): Promise<CertificateReport> {
  if (!yes) {
    if (!world.prompter.canAsk)
      throw new QboError("INPUT_REQUIRED", "What browsers trust is changed only when somebody says so.", {
        hint: "Add --yes",
      });
    const { fingerprint } = await (await world.certificates()).forCallback();
    world.notices.warn(`The certificate of the callback, SHA-256\n  ${fingerprint}`);
    if (!(await world.prompter.confirm("Let your browsers trust it for localhost?")))
      throw new QboError("CANCELLED", "Nothing was changed.");
  }
  return trustCertificate(world);
}
