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
