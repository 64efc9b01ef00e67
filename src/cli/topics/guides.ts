import type { Block } from "../layout.ts";

/** Short pages about one job each, for `qbo help`. The long ones are in docs/. */

export const storesGuide: readonly Block[] = [
  "A store is where tokens and client secrets lie. --store, QBO_STORE or store in config.json chooses one for what is new; a connection " +
    "remembers its own. qbo never falls back from one to another.",
  [
    [
      "keychain",
      "the system's, and what is used unless you choose: macOS Keychain, Windows Credential Manager, Secret Service on Linux",
    ],
    [
      "file",
      "sealed files in the state folder; for servers, containers and CI. The key is QBO_STORE_KEY (qbo store keygen), or made and kept",
    ],
    ["helper:<name>", "a credential helper, docker-credential-<name>: pass, a password manager"],
    ["postgres://…", "a database that several machines share (qbo store init)"],
  ],
  "Which one, where:",
  [
    ["your desk", "keychain"],
    ["a server", "file, with QBO_STATE_DIR on a disk that stays"],
    ["CI, own runner", "file, with QBO_STORE_KEY out of the CI's secrets"],
    ["CI, thrown away", "postgres://…; a secret of the CI alone dies at the first rotation"],
    ["several machines", "postgres://…"],
  ],
  "Commands:",
  [
    ["qbo store status", "the stores in use, and whether they work"],
    ["qbo store move", "connections from one store to another"],
    ["qbo store rekey", "another key for the same store"],
  ],
];

export const signInGuide: readonly Block[] = [
  "qbo login brings a person and Intuit together, and keeps what comes of it. Which way depends on the redirect URI that is registered with " +
    "the app, and on where the browser is.",
  [
    ["qbo login --env sandbox", "a browser on this machine; register https://localhost:8722/callback"],
    ["qbo login --no-browser", "the same, and you open the address yourself"],
    [
      "qbo login --paste",
      "any https address: you paste where the browser ended. For production keys, over SSH, in a container",
    ],
    ["qbo login --listen …", "a tunnel or a proxy hands the answer on to this machine"],
    ["qbo relay", "a page of your own that sends production sign-ins back here"],
    ["qbo login --start", "two steps: print the address now; qbo login --finish - takes the answer within 7 days"],
    ["qbo import", "no sign-in: a refresh token from elsewhere, such as the OAuth Playground"],
  ],
  "With production keys Intuit takes https addresses only, and neither localhost nor an IP address.",
  "A connection that needs a person again: qbo login <connection>. It keeps its name, and another company is refused.",
  "The browser warns of the local certificate? qbo certs trust. Nothing comes back? qbo doctor.",
];

export const automationGuide: readonly Block[] = [
  "In a script:",
  [
    [
      "TOKEN=$(qbo token)",
      "a token that is valid for 5 minutes or more; refreshed if need be, once for all who ask at the same time",
    ],
    ["qbo token --format header", "as a header for an HTTP client"],
    ["qbo exec -- ./nightly.sh", "the token in the environment of one program, and nowhere else"],
    ["qbo api customer/1 --json", "a call of Intuit's API, with its status and headers"],
    ["qbo status --check --quiet", "exit 4 when a person is needed soon"],
    ["qbo refresh --all", "keeps alive what nobody uses"],
    ["qbo schedule --for cron", "prints what runs that for you"],
  ],
  "Nobody is asked and no browser opens without a terminal, with CI set, or with --no-input: what would have to be asked ends with exit 2. " +
    "What to do next is in the exit code:",
  [
    ["0", "go on"],
    ["2, 3", "mend the call or the set-up"],
    ["4", "tell a person: qbo login"],
    ["5", "look at the app's keys and permissions"],
    ["6", "try again later"],
    ["7", "look at this machine: qbo doctor"],
  ],
  "The first day of a CI job, with a connection exported elsewhere:",
  [
    ["qbo import --stdin --if-absent", "keeps what the store already has"],
    ["qbo token", "from then on"],
  ],
  "A refresh token changes as it is used, so the store must outlive the job: qbo help stores. Every answer as JSON: qbo help json. All exit " +
    "codes: qbo help exit-codes.",
];
