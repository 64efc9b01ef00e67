import { QboError } from "../../core/errors.ts";

/** The error for a text or an entry of no use. `why` names the place, never what stands there. */
export function refuseImport(why: string): QboError {
  return new QboError("USAGE", `What was given to import cannot be used: ${why}.`, {
    hint: 'Give JSON like {"environment":"sandbox","realmId":"…","refreshToken":"…"}; see qbo help import',
  });
}
