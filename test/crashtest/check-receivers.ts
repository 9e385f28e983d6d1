/** Each receiver: has taken every event of the feed, as it stands there, and nothing that is not of the exchange. */
import { Webhook } from 'standardwebhooks';
import { type Finding, invented, lost } from './findings.ts';
import type { Message } from './receivers.ts';
import type { Agency, World } from './world.ts';

export interface Deliveries {
  findings: Finding[];
  /** Messages that were taken, and of these how many had been taken before. */
  taken: number;
  again: number;
}

export function checkReceivers(world: World): Deliveries {
  const all: Deliveries = { findings: [], taken: 0, again: 0 };
  for (const agency of world) {
    const events = agency.receiver.messages.filter(({ body }) => body.sequence !== undefined);
    const taken = events.filter((message) => message.taken !== null);
    all.findings.push(...forged(agency), ...missing(agency, taken), ...untrue(agency, events));
    if (agency.webhook.ordered) all.findings.push(...outOfOrder(agency.id, events));
    all.taken += taken.length;
    all.again += taken.length - new Set(taken.map(({ body }) => body.id)).size;
  }
  return all;
}

/** By its signature, whatever it says. */
function forged({ id, receiver, webhook }: Agency): Finding[] {
  const signer = new Webhook(webhook.secret);
  return receiver.messages
    .filter(({ headers, text }) => {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const expected = signer.sign(headers['webhook-id']!, at, text);
      return !headers['webhook-signature']!.split(' ').includes(expected);
    })
    .map(({ headers }) => invented('receiver', `message ${headers['webhook-id']} to ${id}: it is not signed`));
}

function missing({ id, base, reader }: Agency, taken: readonly Message[]): Finding[] {
  const known = new Set(taken.map(({ body }) => body.sequence));
  return reader.seen
    .filter(({ sequence }) => Number(sequence) > base && !known.has(sequence))
    .map(({ sequence }) => lost('receiver', `event ${sequence} of ${id} was never taken`));
}

/** What it says is what the feed says, and under the same id. */
function untrue({ id, base, reader }: Agency, events: readonly Message[]): Finding[] {
  const told = new Map(reader.seen.map(({ sequence, text }) => [sequence, canonical(JSON.parse(text))]));
  return events
    .filter(
      ({ body, headers }) =>
        Number(body.sequence) <= base ||
        headers['webhook-id'] !== body.id ||
        told.get(body.sequence) !== canonical(body),
    )
    .map(({ body }) => invented('receiver', `message ${body.id} to ${id} is not event ${body.sequence} of the feed`));
}

/** The same whatever the order of members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Of one Laufzettel nothing arrives before what comes before it was taken. Of what belongs to none no order is promised. */
export function outOfOrder(id: string, events: readonly Message[]): Finding[] {
  const findings: Finding[] = [];
  const ofSome = events.filter(({ body }) => body.data.laufzettelId !== undefined);
  for (const lane of Map.groupBy(ofSome, ({ body }) => body.data.laufzettelId as string).values()) {
    const inOrder = [...Map.groupBy(lane, ({ body }) => Number(body.sequence))].sort(([a], [b]) => a - b);
    for (const [place, [sequence, messages]] of inOrder.entries()) {
      const before = inOrder[place - 1];
      if (before === undefined) continue;
      const firstTaken = Math.min(...before[1].map(({ taken }) => taken ?? Number.POSITIVE_INFINITY));
      if (messages[0]!.arrived < firstTaken)
        findings.push(invented('receiver', `event ${sequence} of ${id} came before ${before[0]} was taken`));
    }
  }
  return findings;
}
