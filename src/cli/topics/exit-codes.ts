import { errorTable } from "../../core/errors.ts";
import { formatBlocks, formatRows, type Row } from "../layout.ts";

/** What each exit code tells a script. */
export const exitMeanings: Readonly<Record<string, string>> = {
  "0": "done",
  "1": "unexpected: a defect in qbo",
  "2": "wrong use: bad arguments, ambiguous connection, would have to ask",
  "3": "set up first: no app configured, configuration invalid",
  "4": "a person must sign in (again)",
  "5": "Intuit refused: wrong keys, no permission, unusable answer",
  "6": "try later: network, timeout, throttled, outage, lost answer, lock held too long",
  "7": "this machine: keychain, port, certificate, disk, store",
  "8": "some of many failed; when all failed alike, that code",
  "126": "qbo exec: the program could not be started",
  "127": "qbo exec: there is no such program",
  "130": "interrupted",
};

/** The topic on exit codes, for so many columns. */
export function formatExitCodes(columns: number): string {
  const codes = Object.entries(errorTable);
  const sections = Object.entries(exitMeanings).flatMap(([exitCode, meaning]) => {
    const own = codes.filter(([, entry]) => String(entry.exitCode) === exitCode);
    const rows = own.map(([code, entry]): Row => [code.padEnd(24), entry.meaning]);
    return [
      ...formatRows([[exitCode.padStart(3), meaning]], columns, 0),
      ...(rows.length === 0 ? [] : formatRows(rows, columns, 7)),
    ];
  });
  const introduction =
    "What the exit code tells a script; below each, the error codes behind it, as error.code under --json has them.";
  return [formatBlocks([introduction], columns), "", ...sections].join("\n");
}
