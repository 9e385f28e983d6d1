/** The clock job that publishes rounds, of an instance that does nothing else. */
import { rhythms } from '../../src/delivery/rhythms.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { roundStore } from '../../src/persistence/round-store.ts';
import { publishRounds } from '../../src/usecases/publish-rounds.ts';
import type { Exchange } from './exchange.ts';

export interface RoundsJob {
  /** Gives how many rounds it published. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

export function roundsJob(exchange: Pick<Exchange, 'database'>): RoundsJob {
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 2 });
  const deps = { rounds: roundStore(database), rhythms };
  return { tick: () => publishRounds(deps), close: () => database.close() };
}

/** Publishes what is due by now. */
export async function publishDueRounds(exchange: Pick<Exchange, 'database'>): Promise<number> {
  const job = roundsJob(exchange);
  try {
    return await job.tick();
  } finally {
    await job.close();
  }
}

/** An empty round of now, for tests that need one and not what stands in it. */
export async function insertRound(
  exchange: Pick<Exchange, 'sql'>,
  { agreement, reader, partner }: { agreement: string; reader: string; partner: string },
): Promise<string> {
  const [{ id }] = await exchange.sql(
    `INSERT INTO round (id, agreement_id, reader_id, partner_id, moment, window_from, published_at)
     SELECT uuidv7(), $1, $2, $3, now, now, now FROM api.clock_now() AS now RETURNING id`,
    [agreement, reader, partner],
  );
  return id;
}
