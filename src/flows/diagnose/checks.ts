import { apiAccess } from "./checks/api-access.ts";
import { appConfigured } from "./checks/app-configured.ts";
import { callbackPort } from "./checks/callback-port.ts";
import { certificate } from "./checks/certificate.ts";
import { clientKeys } from "./checks/client-keys.ts";
import { clientMatch } from "./checks/client-match.ts";
import { clock } from "./checks/clock.ts";
import { environmentMatch } from "./checks/environment-match.ts";
import { locks } from "./checks/locks.ts";
import { network } from "./checks/network.ts";
import { permissions } from "./checks/permissions.ts";
import { redirectUri } from "./checks/redirect-uri.ts";
import { scopes } from "./checks/scopes.ts";
import { serviceStatus } from "./checks/service-status.ts";
import { storeAccess } from "./checks/store-access.ts";
import { tokenExpiry } from "./checks/token-expiry.ts";
import { tokenLineage } from "./checks/token-lineage.ts";
import { userInfo } from "./checks/user-info.ts";
import type { Check } from "./examination.ts";

/** Everything that the doctor looks at, in this order. The ids are part of the contract. */
export const checks: readonly Check[] = [
  storeAccess,
  appConfigured,
  redirectUri,
  certificate,
  callbackPort,
  clock,
  network,
  serviceStatus,
  clientKeys,
  tokenExpiry,
  tokenLineage,
  clientMatch,
  environmentMatch,
  apiAccess,
  userInfo,
  scopes,
  locks,
  permissions,
];
