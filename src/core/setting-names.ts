/** Whether `name` may name an app or an environment. */
export function isSettingName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(name);
}

/** Client IDs are part of keys and paths, so what they may hold is narrow; Intuit's are letters and digits. */
export function isClientId(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,200}$/.test(text);
}
