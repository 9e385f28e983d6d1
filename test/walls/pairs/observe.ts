/** The whole that an agency can find out in one of the worlds of a pair: it lives, looks, reads, acts, and looks again. */
import { randomUUID } from 'node:crypto';
import type { Input } from '../../support/both-doors.ts';
import { AGENCY } from '../../support/exchange.ts';
import { allNumbered } from '../numbered.ts';
import { ACTS } from './acts.ts';
import { Asker } from './asker.ts';
import { canonical } from './canonical.ts';
import { type Ids, KINDS_OF_IDS, noIds } from './knowledge.ts';
import { live } from './player.ts';
import { HOUR, openStage, type Stage } from './stage.ts';
import type { Pair } from './values.ts';

export interface Observed {
  told: string[];
  /** How often the agency asked. */
  asks: number;
  /** How many things were hidden from it. */
  hidden: number;
  effects: ReadonlyMap<string, number>;
}

/** @param beginsAt the first instant of the exchange's clock. @param share of a filter's values that are asked for, 0 to 1 */
export async function observed(pair: Pair, world: 0 | 1, beginsAt: number, share: number): Promise<Observed> {
  const stage = await openStage(pair.observer, beginsAt);
  try {
    await live(stage, pair, world);
    const { token } = await stage.exchange.as(pair.observer);
    const asker = new Asker(
      stage.exchange.url,
      token,
      someOf(stage.hidden),
      (label) => fraction(label) < share,
      () => allNumbered(stage.exchange),
    );
    await asker.look('REST');
    await act(stage, asker, pair);
    await stage.pass(HOUR);
    await asker.look('GraphQL');
    await asker.walkEvents();
    const told = [...stage.told, ...asker.told];
    const hidden = KINDS_OF_IDS.reduce((sum, kind) => sum + stage.hidden[kind].length, 0);
    return { told: canonical(told), asks: asker.told.length, hidden, effects: stage.effects };
  } finally {
    await stage.close();
  }
}

/** Two of each kind in every world, so that as much is asked; where there is none, what does not exist stands for it. */
function someOf(hidden: Ids): Ids {
  const some = noIds();
  for (const kind of KINDS_OF_IDS) {
    // Agencies are in the directory, all of them.
    if (kind === 'agency') continue;
    const ids = hidden[kind];
    some[kind] = [ids[0] ?? randomUUID(), ids.length > 1 ? ids.at(-1)! : randomUUID()];
  }
  return some;
}

/** A number from 0 to 1 that follows from the text. */
function fraction(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}

/** Everything that it can do, by turns at each door; what has an effect once more, with the same key. */
async function act(stage: Stage, asker: Asker, { observer }: Pair): Promise<void> {
  const self = observer === 'admin' ? '' : AGENCY[observer];
  let number = 0;
  for (const [id, inputs] of Object.entries(ACTS)) {
    if (typeof inputs !== 'function') continue;
    const { yes, no } = stage;
    for (const input of inputs({ known: asker.known, hidden: asker.hidden, yes, no, self })) {
      await stage.pass(1000);
      number += 1;
      const door = number % 3 === 0 ? 'GraphQL' : 'REST';
      const keyed: Input = { ...input, headers: { 'idempotency-key': `act-${number}` } };
      const { status, body } = await asker.ask(door, id, keyed);
      if (status === 201 || status === 403 || (door === 'GraphQL' && body != null)) await asker.ask(door, id, keyed);
    }
  }
}
