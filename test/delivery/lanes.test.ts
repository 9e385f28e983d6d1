/** What a lane makes of a batch: what was sent, what waits, and how far it is. */
import { runLane } from '../../src/delivery/lanes.ts';
import type { AttemptOutcome } from '../../src/domain/webhook.ts';
import type { SentBatch, TakenWebhook, WaitingEvent } from '../../src/usecases/ports.ts';
import { t } from '../support/t.ts';

const WEBHOOK = '01980000-0000-7000-8000-000000000001';

const event = (sequence: number, lane = ''): WaitingEvent => ({
  sequence,
  id: `event-${sequence}`,
  type: 'forwarding.received',
  at: 0,
  data: { forwardingId: `forwarding-${sequence}` },
  lane,
  attempts: 0,
});
const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_none, place) => first + place);

/** One batch is taken; gives what is written down of it. */
async function recorded(
  some: Partial<TakenWebhook>,
  send: (id: string) => AttemptOutcome | Promise<AttemptOutcome>,
  stopping = new AbortController().signal,
): Promise<SentBatch> {
  const batches: SentBatch[] = [];
  const taken = {
    url: '',
    ordered: false,
    position: 0,
    resends: 3,
    failures: 0,
    keys: [],
    waiting: [],
    news: [],
    blocked: [],
    ...some,
  };
  const deps = {
    webhooks: {
      take: async () => (batches.length === 0 ? taken : null),
      record: async (_id: string, batch: SentBatch) => {
        batches.push(batch);
        return { hasMore: true, why: null };
      },
    },
    webhookKeys: {},
    webhookPost: {
      send: async (_url: string, { id }: { id: string }) => ({
        outcome: await send(id),
        httpStatus: null,
        durationMs: 1,
      }),
    },
  };
  await runLane(deps as unknown as Parameters<typeof runLane>[0], WEBHOOK, stopping);
  return batches[0]!;
}

t.test('of what a dead address is sent next to nothing has to wait beside the events', async (t) => {
  const { position, results, behind } = await recorded(
    { news: numbers(1, 50).map((one) => event(one)) },
    () => 'CONNECTION',
  );
  t.ok(results.length < 12, 'it is given up soon');
  t.same(
    [...results, ...behind].map(({ sequence }) => sequence).sort((a, b) => a - b),
    numbers(1, position),
    'and nothing up to its position is forgotten',
  );
});

t.test('what comes behind a failure is sent all the same, and taken as done', async (t) => {
  const { position, results, behind } = await recorded({ news: numbers(1, 50).map((one) => event(one)) }, (id) =>
    id === 'event-7' ? 'STATUS' : 'DELIVERED',
  );
  t.match({ position, behind }, { position: 50, behind: [] });
  t.equal(results.length, 50);
});

t.test(
  'where order was asked for, what follows a failure in its lane waits, and so does a lane in which something waits',
  async (t) => {
    const news = [event(1, 'a'), event(2, 'b'), event(3, 'a'), event(4, 'c'), event(5, 'b')];
    const { position, results, behind } = await recorded({ ordered: true, news, blocked: ['c'] }, (id) =>
      id === 'event-1' ? 'STATUS' : 'DELIVERED',
    );
    t.same(results.map(({ sequence }) => sequence).sort(), [1, 2, 5]);
    t.same(
      [position, behind],
      [
        5,
        [
          { sequence: 3, lane: 'a' },
          { sequence: 4, lane: 'c' },
        ],
      ],
    );
  },
);

t.test('news of which all have to wait move the position, so that others come', async (t) => {
  const news = [event(1, 'a'), event(2, 'a')];
  const { position, behind } = await recorded({ ordered: true, news, blocked: ['a'] }, () => 'DELIVERED');
  t.same([position, behind.length], [2, 2]);
});

t.test('what breaks off because the instance stops counts against no address', async (t) => {
  for (const outcome of ['CONNECTION', 'TIMEOUT'] as const) {
    const stopping = new AbortController();
    const batch = await recorded(
      { position: 4, news: [event(5), event(6)] },
      () => {
        stopping.abort();
        return outcome;
      },
      stopping.signal,
    );
    t.match(batch, { from: 4, resends: 3, position: 4, results: [], behind: [] }, outcome);
  }
});
