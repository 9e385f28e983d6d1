import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../support/exchange.ts';

/** Events are numbered a moment after they are committed; from then on they are read. */
export async function allNumbered({ sql }: Pick<Exchange, 'sql'>): Promise<void> {
  while ((await sql('SELECT FROM event WHERE sequence IS NULL LIMIT 1')).length > 0) await sleep(5);
}
