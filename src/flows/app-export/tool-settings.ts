import type { Environment } from "../../core/environment.ts";
import type { AppReport } from "../apps/apps.ts";

/** What the settings of another tool are made of. There is no secret in it. */
export interface ToolSource {
  app: AppReport;
  environment: Environment;
}

/** The settings that another tool needs to use the same client. */
export interface ToolSettings {
  /** Values by the tool's own names; null where a person has to put in what is secret, or what only they know. */
  settings: Record<string, string | null>;
  /** The same as the tool reads it, to be pasted or saved. */
  text: string;
}
