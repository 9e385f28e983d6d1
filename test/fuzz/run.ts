/**
 * Random requests to a running exchange, several at once, each answer held against its description and every change of the
 * database against who asked for it.
 */
import { Agent, request as httpRequest } from 'node:http';
import { type Exchange, startExchange } from '../support/exchange.ts';
import { changesOf, keepRows, type Transaction, takeChanges, watchChanges } from './changes.ts';
import { graphqlRequest } from './graphql-requests.ts';
import { beyond, faultOfLine, type Judged, judge, MOST_MS } from './judge.ts';
import { learnFrom } from './learn.ts';
import { Random } from './random.ts';
import { type Answer, type Request, replayable } from './request.ts';
import { restRequest } from './rest-requests.ts';
import { Values } from './values.ts';
import { buildWorld, type Role, type World } from './world.ts';

export interface Options {
  requests: number;
  seed: number;
  onFinding?(finding: string): void;
  onProgress?(sent: number): void;
}

export interface Report {
  requests: number;
  /** By class of status: `2xx`, `4xx`, and what GraphQL answers 200 with errors apart. */
  statuses: Record<string, number>;
  /** Operations done, and those of them that may change something. */
  done: number;
  changed: number;
  /** Ids of the operations that were done at least once. */
  operations: Set<string>;
  findings: string[];
}

/** How many are under way at once. */
const AT_ONCE = 12;
const MOST_FINDINGS = 50;
/** Who does in the audit what follows by itself, or by time. */
const BY_ITSELF = new Set(['exchange', 'clock']);
const LOOK_AT_OTHERS_EVERY = 20_000;
const LIMITS = { PREVIEWS_PER_MINUTE: '1000000' };

export async function fuzz({ requests, seed, onFinding, onProgress }: Options): Promise<Report> {
  const exchange = await startExchange(LIMITS);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const report: Report = { requests: 0, statuses: {}, done: 0, changed: 0, operations: new Set(), findings: [] };
  const find = (finding: string): void => {
    report.findings.push(finding);
    onFinding?.(finding);
  };
  try {
    const world = await buildWorld(exchange);
    await keepRows(exchange);
    await watchChanges(exchange);
    const random = new Random(seed);
    let lookAgainAt = LOOK_AT_OTHERS_EVERY;
    while (report.requests < requests && report.findings.length < MOST_FINDINGS) {
      await wave({ exchange, world, random, agent, report, find }, Math.min(AT_ONCE, requests - report.requests));
      onProgress?.(report.requests);
      if (report.requests >= lookAgainAt) {
        lookAgainAt += LOOK_AT_OTHERS_EVERY;
        for (const fault of await changesOf(exchange, world.things, world.agencies)) find(fault);
      }
    }
    for (const fault of await changesOf(exchange, world.things, world.agencies)) find(fault);
    if (({} as { polluted?: unknown }).polluted !== undefined) find('the prototype of every object was reached');
    return report;
  } finally {
    agent.destroy();
    await exchange.close();
  }
}

interface Running {
  exchange: Exchange;
  world: World;
  random: Random;
  agent: Agent;
  report: Report;
  find(finding: string): void;
}

async function wave(running: Running, size: number): Promise<void> {
  const { exchange, world, random, agent, report, find } = running;
  const sent = await Promise.all(
    Array.from({ length: size }, async () => {
      const role = pickRole(world, random);
      const values = new Values(random, world.pools, role.knows);
      const request = random.chance(0.5)
        ? restRequest(values, world.pools, role.knows)
        : graphqlRequest(values, world.pools, role.knows);
      const answer = await send(agent, exchange.url, request, await role.token());
      return { role, request, answer, judged: judge(request, answer) };
    }),
  );
  for (const { role, request, answer, judged } of sent) {
    report.requests += 1;
    report.done += judged.done;
    report.changed += judged.changed;
    const kind =
      request.door === 'GraphQL' && answer.status === 200 && answer.text.includes('"errors":[')
        ? 'errors in 200'
        : `${Math.floor(answer.status / 100)}xx`;
    report.statuses[kind] = (report.statuses[kind] ?? 0) + 1;
    for (const { id } of judged.operations) report.operations.add(id);
    // The admin sees every agreement; no thing of anybody's else.
    const foreign = role.name === 'admin' ? world.personal : world.things;
    for (const fault of [...judged.faults, ...beyond(role, judged, answer, foreign)])
      find(`${fault}\n  ${replayable(role.name, request)}\n  → ${answer.status} ${answer.text.slice(0, 600)}`);
    if (answer.status < 300) learnFrom(world.pools, role.knows, request, answer);
  }
  for (const line of exchange.log.splice(0)) {
    const fault = faultOfLine(line);
    if (fault !== null)
      find(`${fault}\n  ${sent.map(({ role, request }) => replayable(role.name, request)).join('\n  ')}`);
  }
  for (const fault of unexplained(await takeChanges(exchange), sent)) {
    find(
      `${fault}\n  ${sent.map(({ role, request, answer }) => `${replayable(role.name, request)} → ${answer.status} ${answer.text.slice(0, 120)}`).join('\n  ')}`,
    );
  }
}

/** What changes by itself when events get their numbers and are sent. */
const DELIVERED = new Set(['event', 'event_feed', 'webhook', 'webhook_message', 'webhook_attempt']);
const isDelivery = (tables: readonly string[]): boolean =>
  tables.every((table) => DELIVERED.has(table)) && (!tables.includes('event') || tables.includes('event_feed'));

/**
 * Changes that nobody's success explains. Every transaction that changed anything names its system in the audit; as many
 * as a system has may it have caused as operations of it were done.
 */
function unexplained(transactions: readonly Transaction[], sent: readonly { role: Role; judged: Judged }[]): string[] {
  const left = new Map<string, number>();
  for (const { role, judged } of sent) left.set(role.system, (left.get(role.system) ?? 0) + judged.done);
  return transactions.flatMap(({ tables, audit }) => {
    if (audit.length === 0 && isDelivery(tables)) return [];
    if (audit.length === 0) return [`${tables.join(', ')} changed, and nobody is named in the audit`];
    // What follows from somebody's no is recorded beside it in the exchange's own name; what time alone ends has no other.
    const first = audit.find(({ system }) => !BY_ITSELF.has(system));
    if (first === undefined) return [];
    // What an operation has changed it may answer by reading it, which is a transaction of its own.
    const isAnswer = tables.length === 0 && first.action === 'entries.read';
    if (isAnswer && sent.some(({ role, judged }) => role.system === first.system && judged.done > 0)) return [];
    const more = (left.get(first.system) ?? 0) - 1;
    left.set(first.system, more);
    return more >= 0
      ? []
      : [`${first.system} was refused, and yet: ${first.action} ${first.outcome} (${tables.join(', ')})`];
  });
}

function pickRole({ roles }: World, random: Random): Role {
  let place = random.next() * roles.reduce((sum, { weight }) => sum + weight, 0);
  for (const role of roles) {
    place -= role.weight;
    if (place < 0) return role;
  }
  return roles[0]!;
}

function send(
  agent: Agent,
  url: string,
  { method, path, headers, body }: Request,
  token: string | null,
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    const failed = (text: string) => resolve({ status: 0, headers: {}, text, tookMs: performance.now() - began });
    const given = {
      ...headers,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    };
    const sent = httpRequest({ agent, hostname, port, method, path, headers: given, timeout: 2 * MOST_MS });
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
          tookMs: performance.now() - began,
        }),
      );
      answer.on('error', (error) => failed(error.message));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${2 * MOST_MS} ms`)));
    sent.on('error', (error) => failed(error.message));
    sent.end(body);
  });
}
