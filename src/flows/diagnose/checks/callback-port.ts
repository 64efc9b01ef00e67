import type { ListenAddress } from "../../../core/callback-server.ts";
import { QboError } from "../../../core/errors.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import type { Check, DoctorDoors } from "../examination.ts";
import { findListenAddress } from "../listen-address.ts";

/** Whether a sign-in could listen for its callback. The port is taken for a moment, and nothing is answered on it. */
export const callbackPort: Check = {
  id: "callback-port",
  title: "Callback port",
  purpose: "The port of the redirect URI is free on both loopback addresses.",
  needsNetwork: false,
  async run({ world, app, facts, once }) {
    const address = findListenAddress(app?.redirectUri);
    if (!address) return skip("The redirect does not arrive on this machine.");
    const result = await once(`port ${address.port}`, () => tryPort(world, address));
    // Only a sign-in needs the port.
    return facts && result.status === "fail" ? warn(result.detail, result.fix) : result;
  },
};

async function tryPort(world: DoctorDoors, address: ListenAddress): Promise<CheckResult> {
  try {
    const server = await world.callbackServer();
    const judge = () => ({ kind: "ignored", status: 404, text: "There is nothing here." }) as const;
    const trial = await server.listen({ address: { ...address, scheme: "http" }, certificate: null, judge });
    await trial.close();
    return pass(`Port ${address.port} is free.`);
  } catch (error) {
    if (!(error instanceof QboError) || error.code === "CANCELLED") throw error;
    return { ...fail(error.message, error.hint), exitCode: error.exitCode };
  }
}
