import type { Answer } from "../http/http-message.ts";
import { answerJson } from "../http/http-message.ts";
import type { EmulatorState } from "../state/state.ts";

/** The status page's summary in Statuspage's JSON: an incident for as long as an announced outage waits or lasts. */
export function answerServiceStatus(state: EmulatorState): Answer {
  const isDown = state.faults.hasAnnouncedOutage();
  return answerJson(200, {
    page: {
      id: "qboemulator",
      name: "Local emulator, not Intuit",
      url: state.baseUrl,
      time_zone: "Etc/UTC",
      updated_at: state.clock.nowIso(),
    },
    status: isDown
      ? { indicator: "major", description: "Major Service Outage" }
      : { indicator: "none", description: "All Systems Operational" },
  });
}
