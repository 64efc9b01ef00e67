import type { ConnectionFacts } from "../../core/connection.ts";
import { makePrintable } from "../../core/printable.ts";
import type { Setting, Settings } from "../settings.ts";

/** A setting from a variable or a project file that differs from what made the connection. */
export interface Shadow {
  source: string;
  says: string;
  made: string;
}

/** The settings that would lead elsewhere than to this connection. Flags and the user's own file are meant so. */
export function listShadows(settings: Settings, facts: ConnectionFacts, userPath: string): Shadow[] {
  const pairs: [setting: Setting<string> | undefined, made: string][] = [
    [settings.clientId, facts.clientId],
    [settings.environment, facts.environment],
    [settings.app, facts.app],
    [settings.store, facts.store],
  ];
  return pairs.flatMap(([setting, made]) => {
    if (!setting || setting.value === made) return [];
    const isMeant = setting.source.startsWith("--") || setting.source === userPath || setting.source === "built-in";
    return isMeant ? [] : [{ source: setting.source, says: makePrintable(setting.value, 80), made }];
  });
}
