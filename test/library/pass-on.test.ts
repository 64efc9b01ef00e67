import { inspect } from "node:util";
import { expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { copyWithoutSecrets, toCallersError } from "../../src/library/pass-on.ts";

const value = "a-secret-that-looks-like-nothing";
const secret = new Secret(value);

it.each<[string, unknown]>([
  ["an error", new QboError("STORE_CORRUPT", value, { hint: value, details: { connection: value } })],
  ["its cause", new QboError("STORE_CORRUPT", "Broken.", { cause: new SyntaxError(`Unexpected token in ${value}`) })],
  ["a defect", new TypeError(value)],
  ["what is no error", value],
])("takes secrets out of %s", (_, thrown) => {
  const error = toCallersError(thrown);
  expect(error).toBeInstanceOf(QboError);
  const shown = [inspect(error, { depth: 9 }), error.message, JSON.stringify(error), String(error.hint)].join("\n");
  expect(shown).not.toContain(secret.reveal());
});

it("takes secrets out of an answer, and leaves the rest", () => {
  expect(copyWithoutSecrets({ name: "acme", odd: [value, null, 1] })).toEqual({
    name: "acme",
    odd: ["[redacted]", null, 1],
  });
});
