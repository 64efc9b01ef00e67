/** What reading and writing a company's books takes. */
export const accountingScope = "com.intuit.quickbooks.accounting";

/** Scopes asked for unless others are configured. */
export const defaultScopes = [accountingScope, "openid", "profile", "email"] as const;

/** Scopes whose consent names a company: without one of them no realm ID comes back. */
const companyScopes = new Set([accountingScope, "com.intuit.quickbooks.payment"]);

/** The scopes that Intuit describes; an app may have others. */
export const knownScopes = [...companyScopes, "openid", "profile", "email", "phone", "address"] as const;

/** Splits a list as people write it: separated by spaces or commas, each scope once. */
export function readScopes(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((scope) => scope !== ""))];
}

/** Whether `scope` has the form of a scope token (RFC 6749, section 3.3). */
export function isScope(scope: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(scope);
}

/** Whether consent to `scopes` names a company. */
export function hasCompanyScope(scopes: readonly string[]): boolean {
  return scopes.some((scope) => companyScopes.has(scope.toLowerCase()));
}
