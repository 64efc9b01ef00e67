/** Whether `text` is a realm ID: Intuit's number of a company, kept as a string of digits because it exceeds doubles. */
export function isRealmId(text: string): boolean {
  return /^\d{1,32}$/.test(text);
}
