import type { Check } from "../examination.ts";
import { findClientSource } from "../../config-layers.ts";
import { withProject } from "../../settings.ts";
import { pass, skip, warn } from "../check-result.ts";

/** Whether the connection still belongs to the client that its app has now. */
export const clientMatch: Check = {
  id: "client-match",
  title: "Client",
  purpose: "The app's client ID is the one that made the connection.",
  needsNetwork: false,
  async run({ facts, app, settings, isRejected }) {
    if (!facts) return skip("There is no connection.");
    const configured = app?.clientId ?? null;
    if (configured === null) return skip(`The app ${facts.app} has no client ID here; the connection keeps its own.`);
    if (configured === facts.clientId) return pass(`Made by ${facts.clientId}, which the app still has.`);
    const source = findClientSource(withProject(settings), facts.app);
    const detail = `Made by the client ${facts.clientId}; the app ${facts.app} has ${configured} by now${source === undefined ? "" : ` (${source})`}.`;
    const confidence = isRejected ? "likely" : "possible";
    const finding = { cause: "client-changed", confidence, evidence: detail } as const;
    return warn(detail, `Move it to the new client: qbo login ${facts.name}`, [finding]);
  },
};
