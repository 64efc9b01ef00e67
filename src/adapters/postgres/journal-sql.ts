import { formatInstant, type Instant } from "../../core/instant.ts";
import type { EventQuery } from "../../core/journal-query.ts";

/*
 * A line of the journal holds its event and its time as text. Within the text of another field their quotes would be escaped, so what
 * these patterns find is theirs. Indexes are made of both: they must stay as they are. A time gets its fraction also where that is
 * nothing: then all times are in order as text.
 */
export const eventKind = `(substring(line from '"event":"([^"]*)"') COLLATE "C")`;
export const eventTime = `(regexp_replace(substring(line from '"at":"([^"]*)"'), '(:[0-9]{2})Z$', '\\1.000Z') COLLATE "C")`;

interface Statement {
  sql: string;
  values: unknown[];
}

/** The lines that any of the queries asks for; the oldest first. */
export function selectLines(queries: readonly EventQuery[]): Statement {
  const values: unknown[] = [];
  const parts = queries.map((query) => {
    const limit = query.limit === undefined ? "" : ` ORDER BY number DESC LIMIT ${bind(values, query.limit)}`;
    return `(SELECT number FROM qbo.event${describeWhere(query, values)}${limit})`;
  });
  return { sql: `SELECT line FROM qbo.event WHERE number IN (${parts.join(" UNION ")}) ORDER BY number`, values };
}

/** How many a query asks for, its limit aside. */
export function countLines(query: EventQuery): Statement {
  const values: unknown[] = [];
  return { sql: `SELECT count(*) AS count FROM qbo.event${describeWhere(query, values)}`, values };
}

function describeWhere(query: EventQuery, values: unknown[]): string {
  const { connection, isUnnamed, environment, clientIds, realmId, events, since, until } = query;
  const conditions = [
    connection === undefined ? "" : `connection = ${bind(values, connection)}`,
    isUnnamed === undefined ? "" : "connection = ''",
    environment === undefined ? "" : `split_part(connection, '/', 1) = ${bind(values, environment)}`,
    clientIds === undefined ? "" : `split_part(connection, '/', 2) = ANY(${bind(values, clientIds)})`,
    realmId === undefined ? "" : `split_part(connection, '/', 3) = ${bind(values, realmId)}`,
    events === undefined ? "" : `${eventKind} = ANY(${bind(values, events)})`,
    since === undefined ? "" : `${eventTime} >= ${bind(values, writeTime(since))}`,
    until === undefined ? "" : `${eventTime} <= ${bind(values, writeTime(until))}`,
  ].filter((condition) => condition !== "");
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** As `eventTime` has it. Beyond these years no event lies, and times would be in no order as text. */
function writeTime(at: Instant): string {
  const text = formatInstant(Math.min(Math.max(at, 0), lastMoment));
  return text.includes(".") ? text : text.replace("Z", ".000Z");
}

const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

/** The place of a value in the statement. */
function bind(values: unknown[], value: unknown): string {
  values.push(value);
  return `$${values.length}`;
}
