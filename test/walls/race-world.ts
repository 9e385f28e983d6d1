/** Two instances on one database, and what no race between them may bring about. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { type Answer, type Exchange, startExchange } from '../support/exchange.ts';

/** Random, so that over the rounds every step of one request meets every step of the other. */
export const soon = (mostMs: number): Promise<void> => sleep(Math.random() * mostMs);

type As = Exchange['as'];
export interface Race {
  exchange: Exchange;
  /** The instances; partners with a token of each. */
  instances: [As, As];
}

export async function startRace(t: Test): Promise<Race> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { as } = await exchange.anotherInstance();
  return { exchange, instances: [exchange.as, as] };
}

/** What no race may bring about. */
export async function nothingBroke(t: Test, { exchange }: Race): Promise<void> {
  const log = exchange.log.join('\n');
  t.notOk(log.includes('40P01'), 'no deadlock');
  t.notOk(/"level":"(error|fatal)"|"statusCode":500/.test(log), 'no error');
  const open = await exchange.sql(
    `SELECT d.id FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN client c ON c.id = e.client_id
     WHERE d.closed_at IS NULL AND EXISTS (SELECT FROM statement s JOIN client h ON h.id = s.client_id
       WHERE h.person_id = c.person_id AND s.decision <> 'GIVEN' AND s.recorded_at >= d.opened_at)`,
  );
  t.same(open, [], 'no row is open that was opened before a no');
}

/** The number with its blank, for five digits alone may stand in an id. */
export const isShown = (answer: Answer): boolean => answer.status === 200 && /Erfunden|30 23125/.test(answer.text);
