import { pass, warn } from "../check-result.ts";
import type { Check } from "../examination.ts";

/** Whether nobody else can read or change what is qbo's. */
export const permissions: Check = {
  id: "permissions",
  title: "Permissions",
  purpose: "Nobody else may read or change the files of qbo.",
  needsNetwork: false,
  async run({ world, once }) {
    const exposed = await once("permissions", async () => (await world.machine()).listExposedPaths());
    const [first] = exposed;
    if (!first) return pass("Nobody else can read or change the files of qbo.");
    const more = exposed.length > 1 ? ` and ${exposed.length - 1} more` : "";
    return warn(`Open to others: ${first.path} (${first.mode.toString(8)})${more}.`, "Close them: qbo doctor --fix");
  },
  async mend({ world }) {
    const machine = await world.machine();
    const exposed = await machine.listExposedPaths();
    for (const { path } of exposed) await machine.closePath(path);
    return exposed.length === 1
      ? "One file or folder was closed to others."
      : `${exposed.length} files and folders were closed to others.`;
  },
};
