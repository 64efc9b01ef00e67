import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { CertificateFinding } from "../../core/machine.ts";
import { readIfPresent } from "../durable-file/durable-file.ts";
import { withFile } from "../durable-file/file-failure.ts";
import { parseLeaf } from "./read-leaf.ts";
import { readTrustRecord } from "./trust-record.ts";

/** The certificate of the callback server as it lies in `folder`. None is made or renewed. Throws FILES_UNAVAILABLE. */
export function inspectCertificate(folder: string): CertificateFinding {
  const path = join(folder, "callback.pem");
  const pem = withFile(path, () => readIfPresent(path));
  if (pem === undefined) return { kind: "none" };
  const leaf = parseLeaf(pem);
  if (leaf === undefined) return { kind: "unusable", path };
  const { expiresAt, fingerprint } = leaf;
  const validFrom = Date.parse(new X509Certificate(leaf.certificatePem).validFrom);
  const isTrusted = readTrustRecord(folder)?.fingerprint === fingerprint;
  return { kind: "leaf", path, validFrom, expiresAt, fingerprint, isTrusted };
}
