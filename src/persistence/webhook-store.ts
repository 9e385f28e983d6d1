import type { EventType } from '../domain/event.ts';
import type { WaitingEvent, WebhookStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { dataOf, type EventColumns } from './event-store.ts';
import { only } from './read-json.ts';

type WaitingColumns = [...EventColumns, lane: string, attempts: number];

const waitingEvent = ([
  sequence,
  id,
  type,
  at,
  subject,
  laufzettelId,
  lane,
  attempts,
]: WaitingColumns): WaitingEvent => ({
  sequence,
  id,
  type: type as EventType,
  at,
  data: dataOf(type, subject, laufzettelId),
  lane,
  attempts,
});

/** The newest first. */
const keysIn = ({ keys, former }: { keys: string; former: string | null }): Buffer[] =>
  [keys, former].filter((one) => one !== null).map((one) => Buffer.from(one, 'hex'));

export function webhookStore(database: Database): WebhookStore {
  const one = async <T>(name: string, parameters: string, values: unknown[]): Promise<T> =>
    only(await database.call<{ found: T }>(name, `SELECT api.${name}(${parameters}) AS found`, values)).found;
  return {
    create: (actor, webhook, keys, most) => one('create_webhook', '$1, $2, $3, $4', [actor, webhook, keys, most]),
    list: (actor, after, most) =>
      one('list_webhooks', '$1, $2, $3, $4', [actor.agency, after?.at ?? null, after?.id ?? null, most]),
    get: (actor, id) => one('get_webhook', '$1, $2', [actor.agency, id]),
    setCode: (actor, id, hash, minutes) => one('set_webhook_code', '$1, $2, $3, $4', [actor, id, hash, minutes]),
    change: (actor, id, { change, ...how }) => one('change_webhook', '$1, $2, $3, $4', [actor, id, change, how]),
    resend: (actor, id, what) =>
      one('resend_webhook', '$1, $2, $3, $4', [
        actor,
        id,
        'sequence' in what ? what.sequence : null,
        'since' in what ? what.since : null,
      ]),
    attempts: (actor, id, before, most) =>
      one('list_webhook_attempts', '$1, $2, $3, $4, $5', [
        actor.agency,
        id,
        before?.at ?? null,
        before?.id ?? null,
        most,
      ]),
    troubled: (actor, after, most) =>
      one('list_troubled_webhooks', '$1, $2, $3, $4', [actor, after?.at ?? null, after?.id ?? null, most]),
    keysOf: async (actor, id) => {
      type Found = { url: string; status: 'PENDING' | 'ACTIVE' | 'DISABLED'; keys: string; former: string | null };
      const found = await one<Found | null>('webhook_keys', '$1, $2', [actor.agency, id]);
      return found && { url: found.url, status: found.status, keys: keysIn(found) };
    },
    noteTest: (actor, id, attempt) => one('note_webhook_test', '$1, $2, $3', [actor, id, attempt]),
    attempt: (actor, id) => one('get_webhook_attempt', '$1, $2', [actor.agency, id]),
    due: (agencies) => one('webhooks_due', '$1', [agencies]),
    take: async (id, most) => {
      type Taken = {
        agency: string;
        position: number;
        resends: number;
        url: string;
        ordered: boolean;
        failures: number;
        keys: string;
        former: string | null;
        waiting: WaitingColumns[];
        news: WaitingColumns[];
        blocked: string[];
      };
      const found = await one<Taken | null>('take_webhook', '$1, $2', [id, most]);
      return (
        found && {
          ...found,
          keys: keysIn(found),
          waiting: found.waiting.map(waitingEvent),
          news: found.news.map(waitingEvent),
        }
      );
    },
    record: (id, batch, restMs) => one('record_webhook', '$1, $2, $3', [id, batch, restMs]),
    forgetAttempts: (most) => one('forget_webhook_attempts', '$1', [most]),
  };
}
