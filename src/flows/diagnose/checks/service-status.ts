import { readServiceStatus } from "../../service-status.ts";
import { fail, pass, skip, warn } from "../check-result.ts";
import type { Check } from "../examination.ts";

/** What Intuit says about itself. */
export const serviceStatus: Check = {
  id: "service-status",
  title: "Service status",
  purpose: "Intuit's status page reports no incident.",
  needsNetwork: true,
  async run({ world, environment, facts, isRejected, once }) {
    if (!environment) return skip("No environment was chosen.");
    const place = { environment: environment.name, api: environment.endpoints.api };
    const status = await once(`status ${environment.name}`, () => readServiceStatus(world, place));
    if (status.kind === "unknown") return skip(`Intuit's status page ${status.reason}.`);
    if (status.kind === "operational") return pass("Intuit's status page reports no incident.");
    const detail = "Intuit's status page reports an incident.";
    const fix = "Try again in 15 minutes: https://status.developer.intuit.com tells when it is over.";
    const finding = { cause: "service-outage", confidence: "likely", evidence: detail } as const;
    const hasSuffered = isRejected || (facts?.lastRefresh && facts.lastRefresh.outcome !== "ok");
    return hasSuffered ? fail(detail, fix, finding) : warn(detail, fix, [finding]);
  },
};
