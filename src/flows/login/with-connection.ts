import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode } from "../../core/errors.ts";
import { isRealmId } from "../../core/realm-id.ts";
import type { World } from "../../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../connections/choose-connection.ts";
import { assertSameOrigins } from "../environments/same-origins.ts";
import { readSettings } from "../settings.ts";
import { login } from "./login.ts";

/**
 * Does `work` on the chosen connection. At a terminal, where there is none or a person must reconnect it, offers to sign in now and then
 * goes on; elsewhere the error stands.
 */
export async function withConnection<T>(
  world: World,
  choice: ConnectionChoice,
  work: (facts: ConnectionFacts) => Promise<T>,
): Promise<T> {
  try {
    const facts = await chooseConnection(world, choice);
    assertSameOrigins(world.env, await readSettings(world), facts);
    return await work(facts);
  } catch (error) {
    if (!hasCode(error, "NOT_CONNECTED", "REFRESH_REJECTED", "REFRESH_EXPIRED") || !world.prompter.canAsk) throw error;
    const connection = error.details.connection ?? choice.connection;
    // Which company a sign-in is about shows only afterwards: it cannot be promised for a realm ID.
    if (connection !== undefined && isRealmId(connection)) throw error;
    world.notices.warn(error.message);
    if (!(await world.prompter.confirm("Sign in now?"))) throw error;
    const { facts } = await login(world, {
      connection,
      environment: choice.environment,
      app: choice.app,
      addScopes: [],
      openBrowser: true,
    });
    return work(facts);
  }
}
