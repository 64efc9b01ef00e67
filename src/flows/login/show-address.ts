import type { World } from "../../core/world.ts";
import type { ConsentRequest } from "./consent-request.ts";
import { describeElsewhere } from "./elsewhere.ts";
import { finishCommand } from "./finish-command.ts";
import { formatLoginCommand } from "./login-command.ts";

type Doors = Pick<World, "browser" | "notices" | "prompter" | "env" | "platform" | "surroundings">;

/** Prints the address of the consent page, opens it where that makes sense, and says what a person elsewhere has to do. A browser that fails is told, never fatal. */
export async function showAddress(
  world: Doors,
  { plan, authorizationUrl, openBrowser }: ConsentRequest,
): Promise<void> {
  const program = world.env["QBO_BROWSER"] || world.env["BROWSER"];
  const isToldTo = Boolean(program) && program !== "none";
  const mayOpen = openBrowser && program !== "none" && (world.prompter.canAsk || isToldTo);
  const invitation = mayOpen
    ? "Your browser opens. If it does not, open this address:"
    : "Open this address in a browser:";
  world.notices.warn(`${invitation}\n\n  ${authorizationUrl}\n`);
  const outcome = mayOpen ? await (await world.browser()).open(authorizationUrl) : undefined;
  if (outcome?.opened === false) world.notices.warn(`No browser could be opened here: ${outcome.reason}`);
  const isOpen = outcome?.opened === true;
  const { env, platform } = world;
  const elsewhere = describeElsewhere(plan, {
    env,
    hostname: platform.hostname,
    surroundings: await world.surroundings(),
    isBrowserOpen: isOpen,
    isToldTo,
  });
  if (elsewhere !== undefined) world.notices.warn(elsewhere);
  if (!isOpen && !world.prompter.canAsk) {
    world.notices.warn(
      "This is no terminal, so perhaps nobody sees that address. For consent by somebody elsewhere, or later: " +
        `${formatLoginCommand({ ...plan, listen: undefined, tls: undefined })} --start, then ${finishCommand}`,
    );
  }
}
