import { describe, expect, it } from "vitest";
import { formatErrorJson, formatErrorText, toUserError } from "../../src/cli/report.ts";
import { createStyle } from "../../src/cli/style.ts";
import { QboError } from "../../src/core/errors.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const plain = await createStyle({ isTerminal: false, hasColor: false, columns: 100, now });
const full = new QboError("REFRESH_REJECTED", "Intuit rejected it.", {
  hint: "qbo login acme",
  details: {
    connection: "acme",
    httpStatus: 400,
    intuitError: "invalid_grant",
    intuitErrorDescription: "Incorrect",
    intuitTid: "1-a",
  },
});

describe("an error", () => {
  it("is one line of JSON for a script, absent values being null", () => {
    expect(formatErrorJson(full, now)).not.toContain("\n");
    expect(JSON.parse(formatErrorJson(full, now))).toEqual({
      error: {
        code: "REFRESH_REJECTED",
        message: "Intuit rejected it.",
        hint: "qbo login acme",
        exitCode: 4,
        connection: "acme",
        httpStatus: 400,
        intuitError: "invalid_grant",
        intuitErrorDescription: "Incorrect",
        intuitTid: "1-a",
        at: "2026-01-02T03:04:05Z",
      },
    });
    const { error } = JSON.parse(formatErrorJson(new QboError("USAGE", "x"), now));
    expect(error).toMatchObject({ hint: null, connection: null, httpStatus: null, intuitError: null, intuitTid: null });
    expect(error).toHaveProperty("intuitErrorDescription", null);
  });

  it("is two lines for a person, and the evidence with --verbose", () => {
    expect(formatErrorText(full, plain, false)).toBe("error: Intuit rejected it.\nhint:  qbo login acme");
    expect(formatErrorText(full, plain, true)).toBe(
      "error: Intuit rejected it.\nhint:  qbo login acme\n" +
        "code REFRESH_REJECTED · status 400 · invalid_grant · Incorrect · intuit_tid 1-a",
    );
    expect(formatErrorText(new QboError("USAGE", "x"), plain, false)).toBe("error: x");
  });

  it("is a defect when it is none of ours: told in one line, with its cause kept", () => {
    const cause = new TypeError("cannot read\u001b[2J\nthis");
    const error = toUserError(cause);
    expect(error).toMatchObject({ code: "UNEXPECTED", exitCode: 1, cause });
    expect(error.message).toContain("cannot read\\u001b[2J\\u000athis");
    expect(toUserError("text").message).toContain("text");
    expect(toUserError(full)).toBe(full);
  });
});
