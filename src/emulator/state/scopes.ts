/** The scopes that an app may ask for, and what each means to the person who is asked. */
export const SCOPES: Readonly<Record<string, string>> = {
  "com.intuit.quickbooks.accounting": "Read and change the company's accounting data",
  "com.intuit.quickbooks.payment": "Take payments for the company",
  openid: "Know who you are",
  profile: "See your name",
  email: "See your email address",
  phone: "See your phone number",
  address: "See your postal address",
  "payroll.compensation.read": "Read pay and compensation data",
  "project-management.project": "Read and change projects",
  "app-foundations.custom-dimensions.read": "Read custom dimensions",
  "app-foundations.custom-field-definitions": "Read and change custom fields",
  "time-tracking.time-entry": "Read and change time entries",
  "indirect-tax.tax-calculation.quickbooks": "Calculate sales tax",
  intuit_name: "See your name (older apps)",
};

const PERSONAL_SCOPES: ReadonlySet<string> = new Set(["openid", "profile", "email", "phone", "address", "intuit_name"]);

export const ACCOUNTING_SCOPE = "com.intuit.quickbooks.accounting";

/** Whether an app may ask for it. */
export function isKnownScope(scope: string): boolean {
  return Object.hasOwn(SCOPES, scope);
}

/** Whether consent means choosing a company, so that the callback carries `realmId`. */
export function needsCompany(scopes: readonly string[]): boolean {
  return scopes.some((scope) => !PERSONAL_SCOPES.has(scope));
}
