/** Who answers a sign-in, as it is told to a person: nobody should think of Intuit when the emulator is meant. */
export function nameServer(environment: string): string {
  return environment === "emulator" ? "the emulator" : "Intuit";
}

/** The same at the beginning of a sentence. */
export function nameServerFirst(environment: string): string {
  return environment === "emulator" ? "The emulator" : "Intuit";
}

/** How to make the server accept a redirect URI. */
export function describeRegistration(environment: string, redirectUri: string, clientId: string): string {
  if (environment === "emulator") return `Register it with the emulator: qbo emulator --redirect-uri ${redirectUri}`;
  const keys = environment === "production" ? "production" : "development";
  return `Register exactly ${redirectUri} for the ${keys} keys of ${clientId}.`;
}
