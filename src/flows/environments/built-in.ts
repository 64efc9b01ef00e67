import type { Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { buildEmulatorEnvironment, defaultEmulatorUrl, intuitEnvironments } from "../../intuit/environments.ts";
import { isLoopbackName } from "../../oauth/loopback-name.ts";

/** The built-in environment of that name. The emulator's address may be moved by QBO_EMULATOR_URL, on this machine only. */
export function findBuiltInEnvironment(env: World["env"], name: string): Environment | undefined {
  if (name === "sandbox" || name === "production") return intuitEnvironments[name];
  return name === "emulator" ? buildEmulatorEnvironment(readEmulatorUrl(env)) : undefined;
}

function readEmulatorUrl(env: World["env"]): string {
  const address = env["QBO_EMULATOR_URL"] || defaultEmulatorUrl;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !isLoopbackName(url.hostname)) {
    throw new QboError(
      "CONFIG_INVALID",
      `QBO_EMULATOR_URL is ${makePrintable(address, 120)}, which is not an address on this machine.`,
      {
        hint: `Set it to the address that qbo emulator prints, such as ${defaultEmulatorUrl}.`,
      },
    );
  }
  return url.origin;
}
