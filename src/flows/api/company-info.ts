import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { HttpAnswer } from "../../core/http.ts";
import { buildCompanyInfoUrl, readCompanyInfo, readCompanyName } from "../../intuit/company-info.ts";
import { readIntuitTid, readJsonObject } from "../../oauth/intuit-answer.ts";
import { settle } from "../book-keeping.ts";
import type { RefreshDoors } from "../refresh/perform-refresh.ts";
import { getResource } from "./api-call.ts";

/** The company behind a connection, in Intuit's own fields. The facts learn its current name. */
export async function getCompanyInfo(world: RefreshDoors, facts: ConnectionFacts): Promise<Record<string, unknown>> {
  const answer = await getResource(world, facts, buildCompanyInfoUrl(facts.endpoints.api, facts.realmId));
  const body = readJsonObject(answer.body);
  const info = body && readCompanyInfo(body);
  if (!info) throw explainUnusable(facts, answer, "company info");
  const companyName = readCompanyName(info) ?? facts.companyName;
  await settle(world, facts, () =>
    world.facts.update(facts.name, (latest) => ({ ...latest, companyName, lastUsedAt: world.clock.now() })),
  );
  return info;
}

/** The error for a successful answer that lacks what it should carry. */
export function explainUnusable(facts: Pick<ConnectionFacts, "name">, answer: HttpAnswer, what: string): QboError {
  const intuitTid = readIntuitTid(answer);
  return new QboError("INTUIT_UNEXPECTED_ANSWER", `Intuit's answer carried no usable ${what} for ${facts.name}.`, {
    hint: "Try again; with --debug the request is shown.",
    details: { connection: facts.name, httpStatus: answer.status, ...(intuitTid === null ? {} : { intuitTid }) },
  });
}
