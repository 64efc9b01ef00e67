import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

/** The RSA key that signs ID tokens, and its public half as served by the JWKS address. */
export interface SigningKey {
  keyId: string;
  privateKey: KeyObject;
  publicJwk: Record<string, unknown>;
}

/** A new key of 2048 bits. */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return describeKey(privateKey);
}

/** The key of a PEM that `exportSigningKey` wrote. Throws what Node.js says of any other text. */
export function importSigningKey(pem: string): SigningKey {
  return describeKey(createPrivateKey(pem));
}

/** The private key as PEM (PKCS #8), for the state file. */
export function exportSigningKey(key: SigningKey): string {
  return key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function describeKey(privateKey: KeyObject): SigningKey {
  const { kty, n, e } = createPublicKey(privateKey).export({ format: "jwk" });
  // The thumbprint of RFC 7638 makes a stable key ID.
  const keyId = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
  return { keyId, privateKey, publicJwk: { kty, n, e, alg: "RS256", use: "sig", kid: keyId } };
}
