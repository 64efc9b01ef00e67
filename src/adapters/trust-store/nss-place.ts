import { makePrintable } from "../../core/printable.ts";
import { ensureFolder } from "../durable-file/durable-file.ts";
import { withFile } from "../durable-file/file-failure.ts";
import type { RunTool, ToolAnswer } from "./run-tool.ts";
import { plainHex, readCertificates, type TrustPlace, unusable } from "./trust-place.ts";

/** What our entries are called: no other program's begin so, and each leaf has its own. */
const nicknamePrefix = "qbo callback ";

const packages =
  "Install certutil of NSS: sudo apt install libnss3-tools (Debian, Ubuntu), or sudo dnf install nss-tools (Fedora).";

/** A trusted peer for TLS, and no authority: the leaf itself is trusted, and nothing that it might sign. */
const peerTrust = "P,,";

/** The NSS database in `folder`, through certutil. */
export function openNssDatabase(folder: string, run: RunTool): TrustPlace {
  const certutil = async (args: readonly string[], input?: string): Promise<string> =>
    readAnswer(await run("certutil", ["-d", `sql:${folder}`, ...args], input), folder);
  // An empty password file: a database with a password is told apart instead of asked about.
  const silently = ["-f", "/dev/null"];
  return {
    store: folder,
    async list() {
      const listing = readListing(await certutil(["-L"]));
      const entries = await Promise.all(
        listing.map(async ({ nickname, isTrusted }) => {
          const found = readCertificates(await certutil(["-L", "-n", nickname, "-a"]));
          // A name alone proves nothing: the certificate under it must be the one that it names.
          const certificate = found.find(({ fingerprint256 }) => nameEntry(fingerprint256) === nickname);
          return certificate === undefined ? [] : [{ certificate, isTrusted, key: nickname }];
        }),
      );
      return entries.flat();
    },
    async add(certificate) {
      const nickname = nameEntry(certificate.fingerprint256);
      try {
        const words = ["-A", "-a", "-n", nickname, "-t", peerTrust, ...silently];
        await certutil(words, certificate.toString());
      } catch (error) {
        // A database with a password takes the certificate and refuses the trust: what is of no use is not left behind.
        await run("certutil", ["-d", `sql:${folder}`, "-D", "-n", nickname, ...silently]);
        throw error;
      }
    },
    async remove({ key }) {
      await certutil(["-D", "-n", key, ...silently]);
    },
  };
}

/** Makes an empty database without a password, as Chromium makes its own. Throws CERTIFICATE_UNUSABLE. */
export async function makeNssDatabase(folder: string, run: RunTool): Promise<void> {
  withFile(folder, () => ensureFolder(folder));
  readAnswer(await run("certutil", ["-d", `sql:${folder}`, "-N", "--empty-password"]), folder);
}

/** Our nicknames in what `certutil -L` prints, with whether they are trusted for TLS. */
export function readListing(text: string): { nickname: string; isTrusted: boolean }[] {
  const line = new RegExp(`^(${nicknamePrefix}[0-9a-f]{64}) +([a-zA-Z]*),[a-zA-Z]*,[a-zA-Z]* *$`, "gm");
  return [...text.matchAll(line)].map(([, nickname = "", flags = ""]) => ({
    nickname,
    isTrusted: flags.includes("P"),
  }));
}

function nameEntry(fingerprint: string): string {
  return `${nicknamePrefix}${plainHex(fingerprint)}`;
}

function readAnswer(answer: ToolAnswer | undefined, folder: string): string {
  if (answer === undefined)
    throw unusable(
      "The program certutil of NSS is missing, and nothing else can tell or change what Chromium trusts.",
      packages,
    );
  if (answer.exitCode === 0) return answer.stdout;
  if (answer.exitCode === null)
    throw unusable(
      `certutil did not answer about ${folder} in time.`,
      "Close the browsers that use it, and try again.",
    );
  if (
    /SEC_ERROR_BAD_PASSWORD|SEC_ERROR_TOKEN_NOT_LOGGED_IN|SEC_ERROR_IO/.test(answer.stderr) &&
    /password/i.test(answer.stderr)
  )
    throw unusable(
      `The NSS database ${folder} is protected by a password, which qbo does not ask for.`,
      `Take the password away, or add the certificate by hand: certutil -d sql:${folder} -A …`,
    );
  const said = makePrintable(answer.stderr.trim().split("\n").at(-1) ?? "", 200);
  throw unusable(`The NSS database ${folder} cannot be used: ${said}.`, `To see more: certutil -d sql:${folder} -L`);
}
