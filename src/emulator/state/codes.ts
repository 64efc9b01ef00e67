import { mintAuthorizationCode } from "./mint.ts";

/** An authorization code lives ten minutes (RFC 6749, section 4.1.2). */
const CODE_LIFETIME_SECONDS = 600;

/** What a person consented to, waiting to be exchanged. */
export interface CodeRecord {
  code: string;
  clientId: string;
  redirectUri: string;
  /** `null` when no scope concerns a company. */
  realmId: string | null;
  scopes: string[];
  issuedAtSeconds: number;
  /** The grant that the code was exchanged for; `null` = not exchanged yet. */
  grantId: string | null;
}

type CodeConsent = Omit<CodeRecord, "code" | "issuedAtSeconds" | "grantId">;

/** Authorization codes: single use, bound to client and redirect URI, ten minutes. */
export interface CodeBook {
  issue(consent: CodeConsent, nowSeconds: number): string;
  find(code: string): CodeRecord | undefined;
  all(): CodeRecord[];
  replaceAll(records: readonly CodeRecord[]): void;
}

/** A book without codes. */
export function createCodeBook(): CodeBook {
  const records = new Map<string, CodeRecord>();
  return {
    issue: (consent, nowSeconds) => {
      const code = mintAuthorizationCode();
      records.set(code, { ...consent, code, issuedAtSeconds: nowSeconds, grantId: null });
      return code;
    },
    find: (code) => records.get(code),
    all: () => [...records.values()],
    replaceAll: (restored) => {
      records.clear();
      for (const record of restored) records.set(record.code, record);
    },
  };
}

/** Whether the code may still be exchanged as far as time is concerned. */
export function isCodeInTime(record: CodeRecord, nowSeconds: number): boolean {
  return nowSeconds < record.issuedAtSeconds + CODE_LIFETIME_SECONDS;
}
