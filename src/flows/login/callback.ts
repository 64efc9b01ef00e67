import type { ListenAddress, RunningCallback } from "../../core/callback-server.ts";
import type { World } from "../../core/world.ts";
import { type AuthorizationResponse, judgeCallback } from "../../oauth/authorization-response.ts";
import { chooseCertificate } from "./choose-certificate.ts";
import type { LoginPlan } from "./plan.ts";

type Doors = Pick<World, "callbackServer" | "certificates" | "clock" | "notices">;

/** The first way in: a temporary server on this machine, to which the browser is sent back. Throws CALLBACK_PORT_IN_USE, CERTIFICATE_UNUSABLE. */
export async function openCallback(
  world: Doors,
  { app, tls }: LoginPlan,
  { address, state }: { address: ListenAddress; state: string },
): Promise<RunningCallback<AuthorizationResponse>> {
  const { certificate, expectation } = await chooseCertificate(world, { redirect: app.redirectUri, address, tls });
  const server = await world.callbackServer();
  const callback = await server.listen({
    address,
    certificate,
    judge: (request) => judgeCallback(request, { redirect: app.redirectUri, listen: address, state }),
  });
  if (expectation !== null) world.notices.inform(expectation);
  return callback;
}
