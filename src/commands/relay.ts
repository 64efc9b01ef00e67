import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import type { World } from "../core/world.ts";
import { buildRelayPage, type RelayTarget } from "../flows/relay/relay-page.ts";
import { isLoopbackName } from "../oauth/loopback-name.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import { readFileOption, readOption } from "./kit/options.ts";

export interface RelayOptions {
  target: RelayTarget;
  /** A new file; absent for stdout. */
  output: string | undefined;
}

interface RelayResult extends RelayOptions {
  page: string;
}

const defaultOrigin = "https://localhost:8722";

export const relayCommand = defineCommand<RelayOptions, RelayResult>({
  name: "relay",
  isVerbatim: ({ output }) => output === undefined,
  group: "Setting up",
  summary: "Make a page that brings production sign-ins back here",
  description:
    "Prints one static HTML file to put on any https host. Intuit's production keys accept only public https addresses; the page hands the answer that Intuit " +
    "sends there to qbo on your own computer. It sends nothing to its host or to anybody else, and can lead to one place only.",
  options: [
    {
      flags: "--to <address>",
      description: `where qbo listens on the person's computer (${defaultOrigin}); with a path when that is not the page's own`,
    },
    { flags: "--output <file>", description: "write a new file; - for stdout" },
  ],
  examples: [
    ["qbo relay --output relay.html", "then put it on a host and register its exact address"],
    [
      `qbo login --env production --redirect-uri https://example.com/relay.html --listen ${defaultOrigin}`,
      "sign in through the page from then on",
    ],
  ],
  read: (raw) => ({ target: readTarget(raw), output: readFileOption(raw, "output") }),
  run: makePage,
  human: ({ page, output }) => (output === undefined ? page.trimEnd() : `The page was written to ${output}`),
  json: ({ page, target, output }) => ({
    origin: target.origin,
    path: target.path,
    output: output ?? null,
    page: output === undefined ? page : null,
  }),
});

async function makePage(world: World, { target, output }: RelayOptions): Promise<RelayResult> {
  const page = buildRelayPage(target);
  if (output !== undefined) await (await world.machine()).writeNewFile(output, page, { isPublic: true });
  world.notices.inform(
    [
      "1. Put the page on an https host, for example as relay.html on a static site.",
      "2. Register its exact address as a redirect URI, at developer.intuit.com under the app's production keys.",
      `3. Sign in: qbo login --env production --redirect-uri https://your.example/relay.html --listen ${target.origin}`,
    ].join("\n"),
  );
  return { page, target, output };
}

function readTarget(raw: RawInput): RelayTarget {
  const text = readOption(raw, "to") ?? defaultOrigin;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isAddress = url && /^https?:$/.test(url.protocol) && isLoopbackName(url.hostname) && !/[?#@\s\\]/.test(text);
  if (!isAddress || url.port === "") {
    throw new QboError(
      "USAGE",
      `--to is ${makePrintable(text, 200)}; it must be an address on this machine, with a port.`,
      {
        hint: `For example: qbo relay --to ${defaultOrigin}`,
      },
    );
  }
  return { origin: url.origin, path: url.pathname === "/" ? null : url.pathname };
}
