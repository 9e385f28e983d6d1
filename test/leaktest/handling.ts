/** Moves of who handles what it has got, or ends what it has sent: accept, reject, recall, work on, close, cancel. */

import type { Random } from '../support/random.ts';
import type { Row } from './decide.ts';
import { Finding, type KnownForwarding, type Lane, type Outcome } from './lane.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';

/** Reads the forwarding, as its version is needed, and takes the step. */
export async function step(
  lane: Lane,
  move: Move,
  operation: Parameters<Lane['call']>[1],
  by: (one: KnownForwarding) => number,
  more: object = {},
): Promise<Outcome | null> {
  const forwarding = lane.forwardings.get(move.forwarding);
  if (forwarding === undefined) return null;
  const who = by(forwarding);
  const params = { forwardingId: forwarding.id };
  const seen = await lane.call(who, 'getForwarding', { params });
  if (seen.status !== 200) return null;
  lane.setting.counts.reads += 1;
  markFetched(lane, move.forwarding, who);
  const body = { expectedVersion: seen.value.version, ...more };
  return lane.call(who, operation, { params, body, door: move.door });
}

export function markFetched(lane: Lane, forwarding: string, by: number): void {
  const { number } = lane.partner(by);
  for (const row of lane.oracle.rows)
    if (row.forwarding === forwarding && row.to === number && !row.closed) row.fetched = 'yes';
}

const chooseForwarding = (lane: Lane, random: Random): Record<string, unknown> | null => {
  const all = keysOf(lane.forwardings);
  return all.length === 0 ? null : { forwarding: recent(random, all), door: door(random) };
};

export const handling: Record<string, Kind> = {
  end: {
    weight: 0.7,
    choose(lane, random) {
      const open = keysOf(lane.slips, ({ ended }) => !ended);
      return open.length < 2
        ? null
        : {
            slip: random.pick(open),
            how: random.pick(['cancelLaufzettel', 'cancelLaufzettel', 'completeLaufzettel']),
            door: door(random),
          };
    },
    async perform(lane, move) {
      const slip = lane.slips.get(move.slip);
      if (slip === undefined) return;
      const params = { laufzettelId: slip.id };
      const seen = await lane.call(slip.by, 'getLaufzettel', { params });
      if (seen.status !== 200) return;
      const body = { expectedVersion: seen.value.version };
      const { status, code } = await lane.call(slip.by, move.how, { params, body, door: move.door });
      // It is not completed while something of it is under way.
      if (move.how === 'completeLaufzettel' && code === 'transition-illegal') return;
      if (status !== 200) throw new Finding('mismatch', `${move.how} of ${move.slip} answered ${status} ${code}`);
      slip.ended = true;
      if (move.how === 'completeLaufzettel') return;
      const isUnaccepted = ({ forwarding, from, acceptBy }: Row): boolean =>
        acceptBy !== null &&
        from === lane.partner(slip.by).number &&
        lane.forwardings.get(forwarding)!.slip === move.slip;
      lane.oracle.closeAll(isUnaccepted);
    },
    tell: (move) => `its creator ends ${move.slip}: ${move.how}`,
  },

  accept: {
    weight: 6,
    choose: chooseForwarding,
    async perform(lane, move) {
      const outcome = await step(lane, move, 'acceptForwarding', (one) => one.to);
      if (outcome?.status !== 200) return;
      for (const row of lane.oracle.rows) if (row.forwarding === move.forwarding) row.acceptBy = null;
    },
    tell: (move) => `its recipient accepts ${move.forwarding}`,
  },
  reject: {
    weight: 0.8,
    choose: chooseForwarding,
    async perform(lane, move) {
      const outcome = await step(lane, move, 'rejectForwarding', (one) => one.to, { code: 'NO_CAPACITY' });
      if (outcome?.status === 200) lane.oracle.closeAll((row) => row.forwarding === move.forwarding);
    },
    tell: (move) => `its recipient rejects ${move.forwarding}`,
  },
  recall: {
    weight: 0.8,
    choose: chooseForwarding,
    async perform(lane, move) {
      const outcome = await step(lane, move, 'recallForwarding', (one) => one.from);
      if (outcome?.status === 200) lane.oracle.closeAll((row) => row.forwarding === move.forwarding);
    },
    tell: (move) => `its sender recalls ${move.forwarding}`,
  },
  progress: {
    weight: 2,
    choose: chooseForwarding,
    async perform(lane, move) {
      await step(lane, move, 'progressForwarding', (one) => one.to);
    },
    tell: (move) => `its recipient works on ${move.forwarding}`,
  },
  close: {
    weight: 0.7,
    choose: chooseForwarding,
    async perform(lane, move) {
      await step(lane, move, 'closeForwarding', (one) => one.to);
    },
    tell: (move) => `its recipient closes ${move.forwarding}`,
  },
};
