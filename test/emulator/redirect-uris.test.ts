import { expect, test } from "vitest";
import { EmulatorError } from "../../src/emulator/emulator-error.ts";
import { assertRegistrable, listDefaultRedirectUris } from "../../src/emulator/state/redirect-uris.ts";

function findRefusal(uri: string, isProduction: boolean): string | undefined {
  try {
    assertRegistrable(uri, isProduction);
    return undefined;
  } catch (cause) {
    if (cause instanceof EmulatorError) return cause.code;
    throw cause;
  }
}

test.each([
  ["https://localhost:8722/callback", true, false],
  ["http://localhost:1/x", true, false],
  ["http://127.0.0.1:1/x", true, false],
  ["http://[::1]:1/x", true, false],
  ["https://qbo.example.com:8722/callback", true, true],
  ["http://qbo.example.com/callback", false, false],
  ["https://10.0.0.1/callback", true, false],
  ["https://[2001:db8::1]/callback", true, false],
  ["https://LOCALHOST/callback", true, false],
  ["https://app.localhost/callback", true, false],
  ["https://example.com/callback?x=1", false, false],
  ["https://example.com/callback#x", false, false],
  ["https://exämple.com/callback", false, false],
  ["https://example.com/a\r\nb", false, false],
  ["ftp://example.com/", false, false],
  ["callback", false, false],
])("%j: development %s, production %s", (uri, isForDevelopment, isForProduction) => {
  expect([false, true].map((isProduction) => findRefusal(uri, isProduction))).toEqual([
    isForDevelopment ? undefined : "REDIRECT_NOT_ALLOWED",
    isForProduction ? undefined : "REDIRECT_NOT_ALLOWED",
  ]);
});

test.each([false, true])("the well-known ones may be registered (production: %s)", (isProduction) => {
  const uris = listDefaultRedirectUris(isProduction);
  expect(uris).toHaveLength(2);
  for (const uri of uris) assertRegistrable(uri, isProduction);
});
