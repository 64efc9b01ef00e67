import { apiCommand } from "../commands/api.ts";
import { appExportCommand } from "../commands/app/export.ts";
import { appListCommand } from "../commands/app/list.ts";
import { appRemoveCommand } from "../commands/app/remove.ts";
import { appSetCommand } from "../commands/app/set.ts";
import { appShowCommand } from "../commands/app/show.ts";
import { certsRenewCommand } from "../commands/certs/renew.ts";
import { certsStatusCommand } from "../commands/certs/status.ts";
import { certsTrustCommand } from "../commands/certs/trust.ts";
import { certsUntrustCommand } from "../commands/certs/untrust.ts";
import { companyinfoCommand } from "../commands/companyinfo.ts";
import { completionCommand } from "../commands/completion.ts";
import { configGetCommand } from "../commands/config/get.ts";
import { configListCommand } from "../commands/config/list.ts";
import { configSetCommand } from "../commands/config/set.ts";
import { configUnsetCommand } from "../commands/config/unset.ts";
import { demoCommand } from "../commands/demo.ts";
import { doctorCommand } from "../commands/doctor.ts";
import { emulatorCommand } from "../commands/emulator.ts";
import { execCommand } from "../commands/exec.ts";
import { exportCommand } from "../commands/export.ts";
import { historyCommand } from "../commands/history.ts";
import { importCommand } from "../commands/import.ts";
import type { Command } from "../commands/kit/command.ts";
import { loginCommand } from "../commands/login.ts";
import { refreshCommand } from "../commands/refresh.ts";
import { relayCommand } from "../commands/relay.ts";
import { renameCommand } from "../commands/rename.ts";
import { reportCommand } from "../commands/report.ts";
import { revokeCommand } from "../commands/revoke.ts";
import { scheduleCommand } from "../commands/schedule.ts";
import { statusCommand } from "../commands/status.ts";
import { storeInitCommand } from "../commands/store/init.ts";
import { storeKeygenCommand } from "../commands/store/keygen.ts";
import { storeMoveCommand } from "../commands/store/move.ts";
import { storeRekeyCommand } from "../commands/store/rekey.ts";
import { storeStatusCommand } from "../commands/store/status.ts";
import { tokenCommand } from "../commands/token.ts";
import { useCommand } from "../commands/use.ts";
import { whoamiCommand } from "../commands/whoami.ts";

/** Every command, in the order in which the help shows them. */
export const commands: readonly Command[] = [
  loginCommand,
  tokenCommand,
  execCommand,
  apiCommand,
  statusCommand,
  whoamiCommand,
  companyinfoCommand,
  refreshCommand,
  revokeCommand,
  doctorCommand,
  historyCommand,
  reportCommand,
  scheduleCommand,
  useCommand,
  renameCommand,
  appSetCommand,
  appListCommand,
  appShowCommand,
  appRemoveCommand,
  appExportCommand,
  configListCommand,
  configGetCommand,
  configSetCommand,
  configUnsetCommand,
  certsStatusCommand,
  certsTrustCommand,
  certsUntrustCommand,
  certsRenewCommand,
  relayCommand,
  storeStatusCommand,
  storeMoveCommand,
  storeKeygenCommand,
  storeInitCommand,
  storeRekeyCommand,
  importCommand,
  exportCommand,
  emulatorCommand,
  demoCommand,
  completionCommand,
];

/** Command names that only group others. */
export const commandGroups: Readonly<Record<string, string>> = {
  app: "The OAuth clients",
  config: "The settings",
  certs: "The certificate of the local callback server",
  store: "Where the secrets lie",
};
