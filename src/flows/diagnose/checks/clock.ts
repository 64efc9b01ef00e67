import { formatDuration } from "../../../core/duration.ts";
import { second } from "../../../core/instant.ts";
import { fail, pass, skip } from "../check-result.ts";
import type { Check } from "../examination.ts";

const tolerated = 60 * second;

/** Whether this machine and Intuit agree on the time. */
export const clock: Check = {
  id: "clock",
  title: "Clock",
  purpose: "Local time differs from Intuit's by 60 s at most.",
  needsNetwork: true,
  async run({ environment, measureSkew }) {
    if (!environment) return skip("No environment was chosen.");
    const skew = await measureSkew();
    if (skew === undefined) return skip("Intuit could not be asked for the time.");
    const size = formatDuration(Math.abs(skew) / second);
    if (Math.abs(skew) <= tolerated) return pass(`It agrees with Intuit's to ${size}.`);
    const detail = `This machine's clock is ${size} ${skew > 0 ? "behind" : "ahead of"} Intuit's.`;
    return fail(detail, "Set the clock: turn on its synchronisation.", { cause: "clock-skew", confidence: "certain" });
  },
};
