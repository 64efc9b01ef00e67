import { CompactEncrypt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { isSealedText, openSealedText, sealText } from "../../../src/flows/export/passphrase-seal.ts";

const passphrase = new Secret("correct horse battery stäple");

describe("a sealed text", () => {
  it("is a compact JWE of today's strength, and opens with the same passphrase alone", async () => {
    const sealed = await sealText(new Secret('{"a":"ü"}'), passphrase);
    expect(isSealedText(`\n${sealed}\r\n`)).toBe(true);
    expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 600_000 });
    expect((await openSealedText(`${sealed}\n`, passphrase)).reveal()).toBe('{"a":"ü"}');
    const wrapped = sealed.replaceAll(/.{76}/g, "$&\r\n");
    expect(isSealedText(wrapped)).toBe(true);
    expect((await openSealedText(wrapped, passphrase)).reveal()).toBe('{"a":"ü"}');
    const decomposed = new Secret(passphrase.reveal().normalize("NFD"));
    expect((await openSealedText(sealed, decomposed)).reveal()).toBe('{"a":"ü"}');
    const wrong = openSealedText(sealed, new Secret("correct horse battery staple"));
    await expect(wrong).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("passphrase") });
  });

  it("is refused when it is damaged, of another kind, or would keep the machine busy", async () => {
    const encrypt = (header: { alg: string; enc: string }, p2c: number, key: Uint8Array) => {
      const jwe = new CompactEncrypt(Buffer.from("{}")).setProtectedHeader(header);
      return (p2c > 0 ? jwe.setKeyManagementParameters({ p2c }) : jwe).encrypt(key);
    };
    const bytes = Buffer.from(passphrase.reveal());
    const [head = "", ...rest] = (await encrypt({ alg: "PBES2-HS512+A256KW", enc: "A256GCM" }, 1000, bytes)).split(".");
    const claimed = { ...JSON.parse(Buffer.from(head, "base64url").toString()), p2c: 2_000_000_000 };
    const others = [
      `${head}.${rest.join(".").replace(/.{5}$/, "AAAAA")}`,
      [Buffer.from(JSON.stringify(claimed)).toString("base64url"), ...rest].join("."),
      await encrypt({ alg: "dir", enc: "A128GCM" }, 0, bytes.subarray(0, 16)),
      "eyJ9.a.b.c.d",
      `${head}.${rest[0]?.slice(0, 20)}`,
    ];
    for (const sealed of others) {
      expect(isSealedText(sealed)).toBe(true);
      await expect(openSealedText(sealed, passphrase)).rejects.toMatchObject({ code: "USAGE" });
    }
    expect(isSealedText("RT1-abc")).toBe(false);
    expect(isSealedText("eyJ.eyJ.sig")).toBe(false);
  });
});
