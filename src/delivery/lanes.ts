/**
 * Each webhook is a lane of its own: what is due for it is taken in batches, sent, and written down. Another webhook's address may
 * be dead or slow, it does not matter here.
 */
import { restMs, retryDelayMs } from '../domain/delivery-schedule.ts';
import { EVENT_TYPES } from '../domain/event.ts';
import type {
  Attempted,
  AttemptOutcome,
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
/** Then its turn ends, so that others come to theirs. */
const TURN_MS = 5_000;

/** How what is on its way ends when this instance stops. */
const BROKEN_OFF: readonly AttemptOutcome[] = ['CONNECTION', 'TIMEOUT'];

export interface Turn {
  /** There was more to send when the turn ended. */
  hasMore: boolean;
  delivered: number;
  failed: number;
  disabled: boolean;
}

/** Sends what is due for a webhook until nothing is, its turn is over, or `stopping` says so. */
export async function runLane(deps: LaneDeps, webhookId: string, stopping: AbortSignal): Promise<Turn> {
  const turn: Turn = { hasMore: false, delivered: 0, failed: 0, disabled: false };
  const until = performance.now() + TURN_MS;
  while (!stopping.aborted) {
    if (performance.now() > until) return { ...turn, hasMore: true };
    const taken = await deps.webhooks.take(webhookId, MOST_AT_ONCE);
    if (taken === null) return turn;
    const batch = await sendBatch(deps, webhookId, taken, stopping);
    const delivered = batch.results.filter(({ outcome }) => outcome === 'DELIVERED').length;
    turn.delivered += delivered;
    turn.failed += batch.results.length - delivered;
    const why = await deps.webhooks.record(webhookId, batch, restMs(taken.failures + 1, Math.random()));
    if (why !== null) return { ...turn, disabled: true };
  }
  return turn;
}

async function sendBatch(
  deps: LaneDeps,
  webhookId: string,
  taken: TakenWebhook,
  stopping: AbortSignal,
): Promise<SentBatch> {
  const keys = taken.keys.map((sealed) => deps.webhookKeys.open(webhookId, sealed));
  const { rows, behind } = rowsOf(taken);
  const results: SentEvent[] = [];
  let isGivenUp = false;
  const sendRow = async (row: WaitingEvent[]): Promise<void> => {
    for (const [place, event] of row.entries()) {
      const attempted = isGivenUp || stopping.aborted ? null : await send(deps, taken.url, event, keys);
      // What broke off because this instance stops says nothing about the address.
      const isOurs = attempted === null || (stopping.aborted && BROKEN_OFF.includes(attempted.outcome));
      const sent = isOurs ? null : resultOf(event, attempted);
      if (sent !== null) {
        results.push(sent);
        isGivenUp ||= sent.outcome === 'GONE';
        isGivenUp ||= results.length >= GIVES_UP_AFTER && results.every(({ outcome }) => outcome !== 'DELIVERED');
      }
      if (sent?.outcome === 'DELIVERED') continue;
      // What follows in a row waits for it, and what was not sent at all waits as it is.
      behind.push(...row.slice(sent === null ? place : place + 1));
      return;
    }
  };
  await inParallel(rows, CONCURRENT, sendRow);
  const position = taken.news.at(-1)?.sequence ?? taken.position;
  return { from: taken.position, position, results, behind: behind.map(({ sequence, lane }) => ({ sequence, lane })) };
}

/** What is sent one after the other; and what waits because something of its lane does. */
function rowsOf({ ordered, waiting, news, blocked }: TakenWebhook): { rows: WaitingEvent[][]; behind: WaitingEvent[] } {
  if (!ordered) return { rows: [...waiting, ...news].map((event) => [event]), behind: [] };
  const isBlocked = ({ lane }: WaitingEvent): boolean => blocked.includes(lane);
  const free = news.filter((event) => !isBlocked(event));
  const rows = [...Map.groupBy(free, ({ lane }) => lane).values()];
  return { rows: [...waiting.map((event) => [event]), ...rows], behind: news.filter(isBlocked) };
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
