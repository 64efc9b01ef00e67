import { hideKnownSecrets } from "./secret.ts";

const hidden = "[redacted]";

/** Fields whose values are secret wherever they are named. */
const secretFields = "access_?token|refresh_?token|id_?token|client_?secret|code_?verifier";
/** Names of fields in a request or an answer: some are ordinary words elsewhere, and a tax number is shown to whoever asks for it. */
const secretKeys = `${secretFields}|token|state|assertion|password|employer_?id`;
/** In JSON a "code" is the number of a fault, which tells what is wrong. */
const secretParameters = `${secretKeys}|code|(?:proxy-)?authorization|(?:set-)?cookie`;

/** What gives a secret away by its own looks. */
const shapes: readonly RegExp[] = [
  // A compact JWE or JWT (RFC 7516, RFC 7519): its header is a JSON object in base64url. Cut ones count, too.
  /eyJ[\w-]{10,}[\w.-]*/g,
  // Refresh tokens and codes as Intuit writes them.
  /(?:RT1-[\w-]{8,}|XAB1[\w-]{20,}|\bAB1\d{8,}\w*)/g,
];

/** A run that no word, path or name of ours is: client IDs (50 characters) and our own file names must stay legible. */
const runLength = 64;
const mixedRun = new RegExp(
  String.raw`(?<![\w/\\-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{${runLength},}`,
  "g",
);

/** What gives it away by the words before it, which may be seen. */
const introductions: readonly RegExp[] = [
  /\b((?:Bearer|Basic)\s+)[\w.~+/=-]{16,}/gi,
  new RegExp(String.raw`\b((?:${secretFields})\\*["']?\s*[=:]\s*\\*["']?)[^\s"'\\&,;{}[\]]{8,}`, "gi"),
  /([?&]code=)[^\s&#"']+/g,
];

const longRun = /(?<![\w.-])(?=[\w.-]*\d)[\w.-]{33,}/g;
const parameter = new RegExp(String.raw`(^|[?&])((?:${secretParameters})=)[^&#\s]*`, "gi");
const key = new RegExp(String.raw`("(?:${secretKeys})"\s*:\s*)(?:"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|[\w.+-]+)`, "gi");
const secretName = new RegExp(`^(?:${secretParameters})$`, "i");

/**
 * `text` without anything secret: no value that this process has held as a `Secret`, and nothing that looks like a token. All that leaves
 * qbo goes through here, but for the answers that were asked for because they are secret.
 */
export function redact(text: string): string {
  let shown = hideKnownSecrets(text, hidden);
  for (const shape of shapes) shown = shown.replace(shape, hidden);
  if (hasLongRun(shown)) shown = shown.replace(mixedRun, hidden);
  for (const introduction of introductions) shown = shown.replace(introduction, `$1${hidden}`);
  return shown;
}

/**
 * Whether the text has a run of `runLength` word characters. Every such run covers one of the places that lie so far apart, and only
 * there it is looked for: of a long list's megabytes almost none are touched.
 */
function hasLongRun(text: string): boolean {
  for (let place = runLength - 1; place < text.length; place += runLength) {
    let start = place;
    let end = place;
    while (isInRun(text.charCodeAt(start))) start -= 1;
    while (isInRun(text.charCodeAt(end))) end += 1;
    if (end - start > runLength) return true;
  }
  return false;
}

/** What `[\w-]` stands for; outside of the text the code is NaN. */
function isInRun(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  );
}

/** Text that a server sent, or was sent: as `redact`, and also without any long run, which may quote a token of a new shape. */
export function redactForeign(text: string): string {
  return redact(text).replace(longRun, hidden);
}

/** The body of a request or an answer, in JSON, as a form, or as whatever else came: as `redactForeign`, and by the names of its fields. */
export function redactBody(text: string): string {
  return redactForeign(text.replace(key, `$1"${hidden}"`).replace(parameter, `$1$2${hidden}`));
}

/** The value of a header. Of credentials the scheme may be seen (RFC 9110, section 11.4). */
export function redactHeader(name: string, value: string): string {
  if (name === "intuit_tid") return redact(value);
  if (!secretName.test(name)) return redactBody(value);
  const [scheme = "", credentials] = value.split(" ");
  return credentials === undefined ? hidden : `${redactForeign(scheme)} ${hidden}`;
}
