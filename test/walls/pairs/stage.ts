/**
 * An exchange whose clock stands where the test puts it, and two ways to ask it: visibly, a second later each time, and in
 * secret, within the second. So in both worlds the visible things have the same instants, whatever was done in secret.
 */

import { TEXT_HASH } from '../../support/consent-bodies.ts';
import { type Answer, type Exchange, type Partner, startExchange } from '../../support/exchange.ts';
import { clockJob } from '../scenes.ts';
import type { Ids } from './knowledge.ts';
import { noIds } from './knowledge.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface Way {
  get(partner: Partner, path: string): Promise<Answer>;
  post(partner: Partner, path: string, body?: unknown): Promise<Answer>;
}

export interface Stage {
  exchange: Exchange;
  observer: Partner;
  visibly: Way;
  secretly: Way;
  /** What the observer was answered, and what the others' visible steps came to. */
  told: string[];
  hidden: Ids;
  /** How often what came about: a pair in which nothing happens shows nothing. */
  effects: Map<string, number>;
  count(what: string): void;
  /** Puts the clock forward, and closes what time has ended. */
  pass(ms: number): Promise<void>;
  /** A yes stated just now. */
  yes(more: Record<string, unknown>): Record<string, unknown>;
  no(more?: Record<string, unknown>): Record<string, unknown>;
  now(): number;
  close(): Promise<void>;
}

/** @param beginsAt the clock's first instant, the same for both worlds. */
export async function openStage(observer: Partner, beginsAt: number): Promise<Stage> {
  const exchange = await startExchange();
  const job = clockJob(exchange);
  const told: string[] = [];
  const effects = new Map<string, number>();
  const count = (what: string): void => void effects.set(what, (effects.get(what) ?? 0) + 1);
  let now = beginsAt;
  let secretMs = 0;
  const put = (at: number) => exchange.sql('UPDATE stage_clock SET at = $1', [new Date(at)]);
  const say = (at: number, more: Record<string, unknown>) => ({
    statedAt: new Date(at).toISOString(),
    statedBy: 'PERSON',
    ageBand: 'ADULT',
    ...more,
  });

  const tokens = new Map<Partner, Awaited<ReturnType<Exchange['as']>>>();
  for (const one of ['arge', 'caritas', 'diakonie', 'tgsh', 'rantzau', 'admin'] as const)
    tokens.set(one, await exchange.as(one));
  await exchange.sql('CREATE TABLE stage_clock (at timestamptz(3) NOT NULL)');
  await exchange.sql('INSERT INTO stage_clock VALUES ($1)', [new Date(now)]);
  await exchange.sql(
    `CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
     SET search_path = public, pg_temp AS $$ SELECT at FROM stage_clock $$`,
  );
  // The network was made before the clock stood still.
  for (const table of ['agency', 'agreement', 'system_client'])
    await exchange.sql(`UPDATE ${table} SET created_at = $1`, [new Date(beginsAt - DAY)]);

  const way = (tick: () => number, note: (partner: Partner, what: string, answer: Answer) => void): Way => {
    const ask = async (partner: Partner, method: 'get' | 'post', path: string, body?: unknown) => {
      await put(tick());
      const answer = await tokens.get(partner)![method](path, body as never);
      if (answer.status >= 500) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
      note(partner, `${method} ${path}`, answer);
      return answer;
    };
    return {
      get: (partner, path) => ask(partner, 'get', path),
      post: (partner, path, body) => ask(partner, 'post', path, body),
    };
  };

  return {
    exchange,
    observer,
    told,
    hidden: noIds(),
    effects,
    count,
    visibly: way(
      () => {
        now += 1000;
        secretMs = 0;
        return now;
      },
      (partner, what, { status, text }) => {
        const isOwn = partner === observer;
        if (status < 300) count(`${isOwn ? 'own' : "another's"} ${what.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '-')}`);
        told.push(
          isOwn ? `── lived ${what}\n${status}\n${text}` : `── lived by another\n${status < 300 ? 'done' : status}`,
        );
      },
    ),
    secretly: way(
      () => {
        secretMs += 1;
        if (secretMs >= 1000) throw new Error('more was done in secret than fits into a second');
        return now + secretMs;
      },
      (_partner, _what, { status }) => {
        if (status < 300) count('secret');
      },
    ),
    async pass(ms) {
      now += ms;
      secretMs = 0;
      await put(now);
      await job.tick();
    },
    yes: (more) => ({
      ...say(now, {}),
      decision: 'GIVEN',
      purpose: 'BERATUNG',
      validFrom: new Date(now).toISOString(),
      validUntil: new Date(now + 300 * DAY).toISOString(),
      form: 'WRITTEN',
      explicitSpecialCategories: true,
      language: 'de',
      textHash: TEXT_HASH,
      evidenceRef: 'Ordner 1 Blatt 1',
      confirm: true,
      ...more,
    }),
    no: (more) => say(now, { decision: 'WITHDRAWN', ...more }),
    now: () => now,
    async close() {
      await job.close();
      await exchange.close();
    },
  };
}
