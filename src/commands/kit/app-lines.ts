import type { AppReport } from "../../flows/apps/apps.ts";
import type { Style } from "./command.ts";
import { formatFields, indent } from "./fields.ts";

/** An app as a person reads it. Its secret is known or not, and never shown. */
export function describeApp(app: AppReport, style: Style): string[] {
  return indent(
    formatFields(
      [
        ["environment", app.environment],
        ["client ID", app.clientId],
        ["client secret", app.hasSecret ? "known" : style.yellow("not known yet")],
        ["redirect URI", app.redirectUri],
        ["scopes", app.scopes.join(" ")],
        ["from", app.source],
      ],
      style,
    ),
  );
}
