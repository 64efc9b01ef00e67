import { type CertificateReport, inspectCertificates } from "../../flows/certificates/inspect-certificates.ts";
import { describeCertificate, firefoxNote } from "../kit/certificate-lines.ts";
import { defineCommand } from "../kit/command.ts";

export const certsStatusCommand = defineCommand<null, CertificateReport>({
  name: "certs status",
  group: "Setting up",
  summary: "Show the callback's certificate and who trusts it",
  description:
    "Tells where the certificate of the local callback server lies, its fingerprint and validity, and asks every trust store of this person " +
    "whether that very certificate is trusted. Nothing is made and nothing is changed.",
  examples: [["qbo certs status", "before you wonder about a browser's warning"]],
  read: () => null,
  run: (world) => inspectCertificates(world),
  human: (report, style) => [...describeCertificate(report, style), "", style.dim(firefoxNote)].join("\n"),
  json: (report) => report,
});
