/**
 * Each webhook is a lane of its own: what is due for it is taken in batches, sent, and written down. Another webhook's address may
 * be dead or slow, it does not matter here.
 */
import { restMs, retryDelayMs } from '../domain/delivery-schedule.ts';
import { EVENT_TYPES } from '../domain/event.ts';
import type { AttemptOutcome } from '../domain/webhook.ts';
import type {
  Attempted,
  Deps,
  SentBatch,
  SentEvent,
  SigningKeys,
  TakenWebhook,
  WaitingEvent,
} from '../usecases/ports.ts';

type LaneDeps = Pick<Deps, 'webhooks' | 'webhookKeys' | 'webhookPost'>;

const MOST_AT_ONCE = 50;
const CONCURRENT = 8;
/** After so many failures and no success in a batch, the rest of it waits with the address. */
const GIVES_UP_AFTER = 3;
/** Then it sends nothing more in this turn, so that others come to theirs. */
const TURN_MS = 5_000;

/** How what is on its way ends when this instance stops. */
const BROKEN_OFF: readonly AttemptOutcome[] = ['CONNECTION', 'TIMEOUT'];

export interface Turn {
  /** There was more to send when the turn ended. */
  hasMore: boolean;
  /** Why it was disabled in this turn; null: it was not. */
  disabled: string | null;
}

/**
 * Sends what is due for a webhook until nothing is, its turn is over, or `stopping` says so.
 * @param onSent told what came of each attempt
 */
export async function runLane(
  deps: LaneDeps,
  webhookId: string,
  stopping: AbortSignal,
  onSent: (outcome: string) => void = () => {},
): Promise<Turn> {
  const until = performance.now() + TURN_MS;
  while (!stopping.aborted) {
    if (performance.now() > until) return { hasMore: true, disabled: null };
    const taken = await deps.webhooks.take(webhookId, MOST_AT_ONCE);
    if (taken === null) break;
    const batch = await sendBatch(deps, webhookId, taken, { until, stopping });
    for (const { outcome } of batch.results) onSent(outcome);
    const rest = restMs(taken.failures + 1, Math.random());
    const { hasMore, why } = await deps.webhooks.record(webhookId, batch, rest);
    if (!hasMore) return { hasMore, disabled: why };
  }
  return { hasMore: false, disabled: null };
}

async function sendBatch(
  deps: LaneDeps,
  webhookId: string,
  taken: TakenWebhook,
  { until, stopping }: { until: number; stopping: AbortSignal },
): Promise<SentBatch> {
  const keys = taken.keys.map((sealed) => deps.webhookKeys.open(webhookId, sealed));
  const results: SentEvent[] = [];
  let isGivenUp = false;
  const isOver = (): boolean => isGivenUp || stopping.aborted || (results.length > 0 && performance.now() > until);
  const sendRow = async (row: WaitingEvent[]): Promise<void> => {
    for (const event of row) {
      if (isOver()) return;
      const attempted = await send(deps, taken.url, event, keys);
      // What breaks off because this instance stops says nothing about the address.
      if (stopping.aborted && BROKEN_OFF.includes(attempted.outcome)) return;
      results.push(resultOf(event, attempted));
      isGivenUp ||= attempted.outcome === 'GONE';
      isGivenUp ||= results.length >= GIVES_UP_AFTER && results.every(({ outcome }) => outcome !== 'DELIVERED');
      // What follows in a row waits for it.
      if (attempted.outcome !== 'DELIVERED') return;
    }
  };
  await inParallel(rowsOf(taken), CONCURRENT, sendRow);
  return { from: taken.position, resends: taken.resends, results, ...restOf(taken, results) };
}

/** What is sent one after the other. */
function rowsOf({ ordered, waiting, news, blocked }: TakenWebhook): WaitingEvent[][] {
  if (!ordered) return [...waiting, ...news].map((event) => [event]);
  const free = news.filter(({ lane }) => !blocked.includes(lane));
  return [...waiting.map((event) => [event]), ...Map.groupBy(free, ({ lane }) => lane).values()];
}

/**
 * How far the news are done with; what up to there was not sent waits beside them. What comes behind is news still, so an address
 * that is dead or slow leaves next to nothing waiting.
 */
function restOf(
  { position: from, news, blocked }: TakenWebhook,
  results: readonly SentEvent[],
): Pick<SentBatch, 'position' | 'behind'> {
  const sent = new Set(results.map(({ sequence }) => sequence));
  const isDone = ({ sequence, lane }: WaitingEvent): boolean => sent.has(sequence) || blocked.includes(lane);
  const position = news.findLast(isDone)?.sequence ?? from;
  const behind = news.filter(({ sequence }) => sequence <= position && !sent.has(sequence));
  return { position, behind: behind.map(({ sequence, lane }) => ({ sequence, lane })) };
}

const send = (
  { webhookPost }: LaneDeps,
  url: string,
  event: WaitingEvent,
  keys: readonly SigningKeys[],
): Promise<Attempted> =>
  webhookPost.send(
    url,
    {
      id: event.id,
      type: event.type,
      subject: event.data[EVENT_TYPES[event.type].about]!,
      data: event.data as Record<string, string>,
      at: event.at,
      sequence: event.sequence,
    },
    keys,
  );

function resultOf({ sequence, id, type, lane, attempts }: WaitingEvent, attempted: Attempted): SentEvent {
  const attempt = attempts + 1;
  const delayMs = attempted.outcome === 'DELIVERED' ? 0 : retryDelayMs(attempt, Math.random());
  return { sequence, eventId: id, type, lane, attempt, delayMs, ...attempted };
}

async function inParallel<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const workers = Array.from({ length: Math.min(most, items.length) }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
  await Promise.all(workers);
}
