import { type Untrusted, untrustCertificates } from "../../flows/certificates/change-trust.ts";
import { describeCertificate } from "../kit/certificate-lines.ts";
import { defineCommand } from "../kit/command.ts";

export const certsUntrustCommand = defineCommand<null, Untrusted>({
  name: "certs untrust",
  group: "Setting up",
  summary: "Take qbo's certificates out of the trust stores",
  description:
    "Removes every certificate that qbo put into the trust stores of this person, earlier ones as well, and nothing else. Signing in goes on to " +
    "work; the browser warns again.",
  examples: [["qbo certs untrust", "the trust stores are as they were before qbo certs trust"]],
  read: () => null,
  run: (world) => untrustCertificates(world),
  human({ removals, report }, style) {
    const count = removals.reduce((sum, { removed }) => sum + removed, 0);
    const failed = removals.flatMap(({ reason }) => (reason === null ? [] : [style.yellow(reason)]));
    const headline =
      count === 0 ? "There was nothing to take out." : `Took ${count} ${count === 1 ? "entry" : "entries"} out.`;
    return [`${style.green("✓")} ${headline}`, ...failed, "", ...describeCertificate(report, style)].join("\n");
  },
  json: ({ removals, report }) => ({ ...report, removals }),
  exitCode: ({ removals }) => (removals.every(({ reason }) => reason === null) ? 0 : 8),
});
