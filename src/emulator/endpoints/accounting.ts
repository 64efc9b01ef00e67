import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerJson } from "../http/http-message.ts";
import type { Company } from "../state/companies.ts";
import type { EmulatorState } from "../state/state.ts";
import { MISMATCH, requireCompanyToken, writeFault } from "./api-access.ts";
import { CUSTOMER_COUNT, writeCompanyInfo, writeCustomer } from "./company-record.ts";
import { escapeHtml } from "./page.ts";

const DEFAULT_PAGE_SIZE = 100;

/** GET /v3/company/{realm}/companyinfo/{realm}. A minor version below 75 is served as 75, so it makes no difference here. */
export function answerCompanyInfo(state: EmulatorState, request: ReceivedRequest): Answer {
  return withCompany(state, request, (company) => {
    if (findRealmOfPath(request, 5) !== company.realmId) return writeFault(state, MISMATCH);
    return present(state, request, { CompanyInfo: writeCompanyInfo(company) });
  });
}

/** GET /v3/company/{realm}/query: enough of the query language to page through customers. */
export function answerQuery(state: EmulatorState, request: ReceivedRequest): Answer {
  return withCompany(state, request, (company) => {
    const result = runQuery(company, request.query.get("query") ?? request.body);
    if (result === undefined) return refuseQuery(state);
    return present(state, request, { QueryResponse: result });
  });
}

/** The realm ID at this segment of the path; the first one, right after `/v3/company/`, by default. */
export function findRealmOfPath(request: ReceivedRequest, segment = 3): string | undefined {
  return request.path.split("/")[segment];
}

function withCompany(state: EmulatorState, request: ReceivedRequest, answer: (company: Company) => Answer): Answer {
  const realmId = findRealmOfPath(request) ?? "";
  const access = requireCompanyToken(state, request, realmId);
  if (!access.isGranted) return access.answer;
  const company = state.companies.find(realmId);
  return company === undefined ? writeFault(state, MISMATCH) : answer(company);
}

function runQuery(company: Company, query: string): Record<string, unknown> | undefined {
  const text = query.trim().replaceAll(/\s+/g, " ");
  if (/^select \* from companyinfo$/i.test(text)) return { CompanyInfo: [writeCompanyInfo(company)], maxResults: 1 };
  if (/^select count\(\*\) from customer$/i.test(text)) return { totalCount: CUSTOMER_COUNT };
  const page = /^select \* from customer(?: startposition (\d{1,9}))?(?: maxresults (\d{1,4}))?$/i.exec(text);
  if (page === null) return undefined;
  const start = Math.max(1, Number(page[1] ?? 1));
  const size = Math.min(Number(page[2] ?? DEFAULT_PAGE_SIZE), Math.max(0, CUSTOMER_COUNT - start + 1));
  if (size === 0) return {};
  const customers = Array.from({ length: size }, (_, index) => writeCustomer(start + index));
  return { Customer: customers, startPosition: start, maxResults: size };
}

function refuseQuery(state: EmulatorState): Answer {
  return writeFault(state, {
    status: 400,
    code: "4000",
    type: "ValidationFault",
    message: "Error parsing query",
    detail: "QueryParserError: the emulator reads CompanyInfo and Customer only",
  });
}

/** Intuit answers in XML unless JSON is asked for by name. */
function present(state: EmulatorState, request: ReceivedRequest, content: Record<string, unknown>): Answer {
  const time = state.clock.nowIso();
  if ((request.headers.accept ?? "").includes("application/json")) return answerJson(200, { ...content, time });
  const body = `<?xml version="1.0" encoding="UTF-8"?><IntuitResponse time="${time}">${writeXml(content)}</IntuitResponse>`;
  return { status: 200, headers: { "content-type": "application/xml;charset=UTF-8" }, body };
}

function writeXml(content: object): string {
  return Object.entries(content)
    .flatMap(([name, value]: [string, unknown]) => [value].flat().map((item) => writeXmlElement(name, item)))
    .join("");
}

function writeXmlElement(name: string, value: unknown): string {
  const inner = typeof value === "object" && value !== null ? writeXml(value) : escapeHtml(String(value));
  return `<${name}>${inner}</${name}>`;
}
