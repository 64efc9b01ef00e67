import type { Browser } from "../../src/core/ports.ts";

export interface BrowserVisit {
  /** The address that the program opened. */
  opened: string;
  /** What the last page shows in the end; undefined when the browser got none. */
  page: Promise<string | undefined>;
}

/** What the person does with the address of the consent page; answers the address that the browser is sent to. */
export type Consent = (authorizationUrl: string) => Promise<string | undefined>;

/** Lets the emulator consent by itself and answers where it redirects to. */
export const consentAtOnce: Consent = async (authorizationUrl) => {
  const response = await fetch(authorizationUrl, { redirect: "manual" });
  await response.arrayBuffer();
  return response.headers.get("location") ?? undefined;
};

/** A browser without a screen: it gets the consent and follows the redirects to the last page. */
export function createFollowingBrowser(visits: BrowserVisit[], consent: () => Consent): Browser {
  return {
    async open(url) {
      visits.push({ opened: url, page: follow(url, consent()) });
      return { opened: true };
    },
  };
}

async function follow(url: string, consent: Consent): Promise<string | undefined> {
  const callback = await consent(url);
  if (callback === undefined) return undefined;
  try {
    const response = await fetch(callback);
    return await response.text();
  } catch {
    // The program may close the port before everything was read, as when it is interrupted.
    return undefined;
  }
}
