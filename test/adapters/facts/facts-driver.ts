import { createFactsStore } from "../../../src/adapters/facts/facts.ts";
import { asQboError } from "../../../src/core/errors.ts";

/** Run as a process of its own: updates the record `acme` in the given folder to more than 8 KB and tells the outcome. */
const [folder = ""] = process.argv.slice(2);
const store = createFactsStore({ folder });
try {
  await store.update("acme", (facts) => ({ ...facts, companyName: "x".repeat(20_000) }));
  process.stdout.write("updated");
} catch (error) {
  process.stdout.write(asQboError(error)?.code ?? String(error));
}
