import type { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { makePrintable } from "../../core/printable.ts";
import { type RunTool, type ToolAnswer, withTextFile } from "./run-tool.ts";
import { isLeafOfQbo, leafName, plainHex, readCertificates, type TrustPlace, unusable } from "./trust-place.ts";

const security = "/usr/bin/security";

/** What `security` answers when there is nothing of the kind: the last byte of errSecItemNotFound (-25300). */
const notFound = 44;

/** The words for `security`. Trust is the user's own and for TLS only. */
const securityWords = {
  list: (keychain: string) => ["find-certificate", "-a", "-p", "-c", leafName, keychain],
  /** `trustRoot`, because the system takes `trustAsRoot` for certificates that another one signed, and refuses it for ours. */
  trust: (keychain: string, file: string) => ["add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", keychain, file],
  verify: (file: string) => ["verify-cert", "-q", "-L", "-p", "ssl", "-c", file],
  untrust: (file: string) => ["remove-trusted-cert", file],
  delete: (keychain: string, sha1: string) => ["delete-certificate", "-Z", sha1, keychain],
};

/** The login keychain of macOS with the user's trust settings, which Safari and browsers made of Chromium follow. */
export function openLoginKeychain(home: string, run: RunTool): TrustPlace {
  const keychain = join(home, "Library", "Keychains", "login.keychain-db");
  const ask = async (words: readonly string[]) => run(security, words);
  const must = async (words: readonly string[]) => readAnswer(await ask(words), keychain);
  const isTrusted = async (certificate: X509Certificate) =>
    withTextFile(certificate.toString(), async (file) => (await ask(securityWords.verify(file)))?.exitCode === 0);
  return {
    store: keychain,
    async list() {
      const ours = readCertificates(await must(securityWords.list(keychain))).filter(isLeafOfQbo);
      return Promise.all(
        ours.map(async (certificate) => ({
          certificate,
          isTrusted: await isTrusted(certificate),
          key: plainHex(certificate.fingerprint).toUpperCase(),
        })),
      );
    },
    add: async (certificate) =>
      withTextFile(certificate.toString(), async (file) => void (await must(securityWords.trust(keychain, file)))),
    async remove({ certificate, key }) {
      // There may be no setting any more; whether the certificate is gone is what is read back.
      await withTextFile(certificate.toString(), async (file) => ask(securityWords.untrust(file)));
      await must(securityWords.delete(keychain, key));
    },
  };
}

function readAnswer(answer: ToolAnswer | undefined, keychain: string): string {
  if (answer?.exitCode === 0) return answer.stdout;
  if (answer?.exitCode === notFound) return "";
  const said = makePrintable(answer?.stderr.trim().split("\n").at(-1) ?? "", 200);
  throw unusable(
    `The keychain ${keychain} did not take the change: ${said || "security gave no answer"}.`,
    "Unlock the login keychain, and confirm when macOS asks; then try again.",
  );
}
