import { isObject } from "../core/plain-object.ts";
import { makePrintable } from "../core/printable.ts";
import type { World } from "../core/world.ts";
import { getCompanyInfo } from "../flows/api/company-info.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import type { ConnectionReport } from "../flows/connections/connection-report.ts";
import { reportOneConnection } from "../flows/connections/status.ts";
import { withConnection } from "../flows/login/with-connection.ts";
import { defineCommand, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { formatFields, indent } from "./kit/fields.ts";
import { connectionArgument, connectionOptions, readConnectionChoice, readSwitch } from "./kit/options.ts";

export interface CompanyInfoOptions {
  choice: ConnectionChoice;
  showTaxId: boolean;
}

interface Company {
  report: ConnectionReport;
  companyInfo: Record<string, unknown>;
}

export const companyinfoCommand = defineCommand<CompanyInfoOptions, Company>({
  name: "companyinfo",
  group: "Everyday",
  summary: "Show the company behind a connection",
  description: "Reads CompanyInfo through Intuit's Accounting API. The tax number is left out unless it is asked for.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--show-tax-id", description: "include the company's tax number (EmployerId)" },
  ],
  examples: [
    ["qbo companyinfo", "the company of the default connection"],
    ["qbo companyinfo acme --json | jq -r .companyInfo.Country", "one field, in a script"],
  ],
  read: (raw) => ({ choice: readConnectionChoice(raw), showTaxId: readSwitch(raw, "showTaxId") }),
  run: fetchCompany,
  human: formatCompany,
  json: ({ report, companyInfo }) => ({ connection: report.name, realmId: report.realmId, companyInfo }),
});

async function fetchCompany(world: World, { choice, showTaxId }: CompanyInfoOptions): Promise<Company> {
  return withConnection(world, choice, async (facts) => {
    const { EmployerId: taxId, ...companyInfo } = await getCompanyInfo(world, facts);
    const latest = (await world.facts.read(facts.name)) ?? facts;
    return {
      report: await reportOneConnection(world, latest),
      companyInfo: showTaxId && taxId !== undefined ? { ...companyInfo, EmployerId: taxId } : companyInfo,
    };
  });
}

function formatCompany({ report, companyInfo }: Company, style: Style): string {
  const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? makePrintable(String(value), 200) : null;
  const rows = formatFields(
    [
      ["company", text(companyInfo["CompanyName"])],
      ["legal name", text(companyInfo["LegalName"])],
      ["tax number", text(companyInfo["EmployerId"])],
      ["address", formatAddress(companyInfo["CompanyAddr"])],
      ["country", text(companyInfo["Country"])],
      ["email", isObject(companyInfo["Email"]) ? text(companyInfo["Email"]["Address"]) : null],
      ["phone", isObject(companyInfo["PrimaryPhone"]) ? text(companyInfo["PrimaryPhone"]["FreeFormNumber"]) : null],
      ["fiscal year", formatFiscalYear(text(companyInfo["FiscalYearStartMonth"]))],
      ["since", text(companyInfo["CompanyStartDate"])],
      ["realm ID", report.realmId],
    ],
    style,
  );
  return [...indent(rows), "", ...describeConnection(report, style)].join("\n");
}

function formatFiscalYear(month: string | null): string | null {
  return month === null ? null : `starts in ${month}`;
}

function formatAddress(address: unknown): string | null {
  if (!isObject(address)) return null;
  const read = (key: string) => (typeof address[key] === "string" ? address[key] : "");
  const join = (separator: string, ...parts: string[]) => parts.filter((part) => part !== "").join(separator);
  const region = join(" ", read("CountrySubDivisionCode"), read("PostalCode"));
  const line = join(", ", read("Line1"), read("Line2"), read("City"), region, read("Country"));
  return line === "" ? null : makePrintable(line, 300);
}
