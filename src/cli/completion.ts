import type { ConfigFiles } from "../core/config.ts";
import type { ConnectionFacts } from "../core/connection.ts";
import { builtInEnvironments } from "../core/environment.ts";
import { makePrintable } from "../core/printable.ts";
import type { FactsStore } from "../core/store-ports.ts";
import { findPlace, type Candidate, type Place } from "./completion-place.ts";
import { readTypedWords } from "./completion-words.ts";

/** The doors for proposing names: files on this machine, and nothing that could ask, wait or reveal. */
export interface CompletionDoors {
  facts: Pick<FactsStore, "survey">;
  configFiles: Pick<ConfigFiles, "readLayers">;
}

/** A command line that is being typed. */
export interface CompletionRequest {
  /** As `qbo completion` takes it. */
  shell: string;
  /** What stands behind `qbo`; the last is being typed, and may be empty. */
  words: readonly string[];
}

const longestNote = 60;

/**
 * What a shell may propose, for the scripts of `qbo completion`: a line `:words`, `:files`, `:folders` or `:programs`, then a candidate a line, with a tab
 * and a few words about it. A candidate consists of characters that mean nothing to any shell, so that what came from a server or a
 * file can neither be run nor end a line.
 */
export async function answerCompletion({ shell, words }: CompletionRequest, doors: CompletionDoors): Promise<string> {
  const typed = readTypedWords(shell, words);
  const place = findPlace(typed.words);
  if (place.kind === "shell") return `:${place.of}\n`;
  const found = (await listCandidates(place, doors))
    .map(({ value, note }) => ({ value: `${place.prefix}${value}`, note }))
    .filter(({ value }) => value.startsWith(typed.current) && isHarmless(value));
  const lines = found
    .filter(({ value }) => value.length > typed.inPlace)
    .map(({ value, note }) => `${value.slice(typed.inPlace)}${note === "" ? "" : `\t${describe(note)}`}`);
  return `${[":words", ...new Set(lines)].join("\n")}\n`;
}

function isHarmless(value: string): boolean {
  return /^[\w-][\w.,:=@+/-]*$/.test(value);
}

/** One line, whatever it is made of. */
function describe(note: string): string {
  return makePrintable(note, longestNote).trim();
}

async function listCandidates(place: Exclude<Place, { kind: "shell" }>, doors: CompletionDoors): Promise<Candidate[]> {
  if (place.kind === "words") return [...place.candidates];
  if (place.kind === "environments") return listEnvironments(doors);
  const { environment, app } = place.given;
  const connections = (await readConnections(doors)).filter(
    (facts) =>
      (environment === undefined || facts.environment === environment) && (app === undefined || facts.app === app),
  );
  if (place.kind === "apps") return listApps(doors, connections);
  return connections.map((facts) => ({
    value: facts.name,
    note: `${facts.environment}${facts.companyName === null ? "" : `, ${facts.companyName}`}`,
  }));
}

async function listEnvironments(doors: CompletionDoors): Promise<Candidate[]> {
  const own = (await readConfigs(doors)).flatMap(({ environments }) => Object.keys(environments ?? {}));
  return [...new Set([...builtInEnvironments, ...own])].map((value) => ({ value, note: "" }));
}

async function listApps(doors: CompletionDoors, connections: readonly ConnectionFacts[]): Promise<Candidate[]> {
  const configured = (await readConfigs(doors)).flatMap(({ apps }) => Object.keys(apps ?? {}));
  return [...new Set([...configured, ...connections.map(({ app }) => app)])].map((value) => ({ value, note: "" }));
}

/** What cannot be read is not proposed: in the middle of typing there is nobody who could be told why. */
function readConnections({ facts }: CompletionDoors): Promise<readonly ConnectionFacts[]> {
  return facts.survey().then(
    (survey) => survey.facts,
    () => [],
  );
}

async function readConfigs({ configFiles }: CompletionDoors) {
  const layers = await configFiles.readLayers().catch(() => []);
  return layers.map(({ config }) => config);
}
