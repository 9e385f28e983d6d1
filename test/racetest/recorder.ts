/** Calls a service and keeps what came of it as a history. */
import type { Call, Ended, Place } from './history.ts';
import type { Services, System } from './services.ts';

export interface Ask {
  story: string;
  by: Place | 'admin';
  act: Call['act'];
  what: string;
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** The same by GraphQL, where the call may choose its door. */
  graphql?: { query: string; variables: Record<string, unknown> };
  instance?: 0 | 1;
  door?: Call['door'];
  key?: string;
  hop?: string;
  expectedVersion?: number;
  /** What has ended when it succeeds. */
  ended?: Ended | null;
  /** The client hangs up after so many milliseconds. */
  hangUpAfterMs?: number;
}

export interface Answered {
  call: Call;
  // biome-ignore lint/suspicious/noExplicitAny: a race reads what it expects, and fails when it is not there
  body: any;
}

/** A clock of this process alone, in milliseconds with fractions. */
const now = (): number => performance.now();

export interface RecorderOptions {
  services: Services;
  systems: ReadonlyMap<Place | 'admin', System>;
  random: () => number;
  newId: () => string;
  /** Whether the audit has a record of this reading. */
  isAudited(callId: string): Promise<boolean>;
  /** Of the readings that show something, how many are looked up in the audit at once. */
  lookUp: number;
}

export class Recorder {
  readonly calls: Call[] = [];
  /** A value that stands in the content of one entry alone → that entry. */
  readonly markers = new Map<string, string>();
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  async send(ask: Ask): Promise<Answered> {
    const { services, systems, random, newId } = this.#options;
    const instance = ask.instance ?? (random() < 0.5 ? 0 : 1);
    const door = ask.graphql === undefined ? 'REST' : (ask.door ?? (random() < 0.5 ? 'REST' : 'GraphQL'));
    const id = newId();
    const byGraphql = door === 'GraphQL';
    const body = byGraphql ? ask.graphql : ask.body;
    const token = await systems.get(ask.by)!.token(instance);
    const sentAt = now();
    const got = await request(`${services.urls[instance]}${byGraphql ? '/graphql' : ask.path}`, {
      method: byGraphql ? 'POST' : ask.method,
      headers: {
        authorization: `Bearer ${token}`,
        'laufzettel-caseworker': id,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ask.key === undefined ? {} : { 'idempotency-key': ask.key }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: ask.hangUpAfterMs === undefined ? null : AbortSignal.timeout(Math.ceil(ask.hangUpAfterMs)),
    });
    const answeredAt = now();
    const { status, code, value } = read(got, byGraphql);
    const shows = ask.act === 'read' ? this.#shownIn(got?.text ?? '') : [];
    const call: Call = {
      id,
      story: ask.story,
      by: ask.by,
      instance,
      door,
      act: ask.act,
      what: ask.what,
      sentAt,
      answeredAt,
      status,
      code,
      shows,
      hop: ask.hop ?? value?.forwarding?.id ?? null,
      expectedVersion: ask.expectedVersion ?? null,
      key: ask.key ?? null,
      replayed: got?.replayed ?? false,
      auditedAtOnce: null,
      ended: ask.ended ?? null,
    };
    this.calls.push(call);
    if (shows.length > 0 && status === 200 && random() < this.#options.lookUp) {
      call.auditedAtOnce = await this.#options.isAudited(id);
    }
    return { call, body: value };
  }

  /** The same, where nothing races: anything but success is a fault of the race itself. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async done(ask: Ask): Promise<any> {
    for (;;) {
      const { call, body } = await this.send(ask);
      if (call.status === 503 && call.code === 'overloaded') continue;
      if (call.status < 200 || call.status > 299)
        throw new Error(`“${ask.what}” was answered by ${call.status} ${call.code}`);
      return body;
    }
  }

  #shownIn(text: string): string[] {
    return [...this.markers].filter(([marker]) => text.includes(marker)).map(([, entry]) => entry);
  }
}

interface Got {
  status: number;
  text: string;
  replayed: boolean;
}

/** Null: it hung up. */
async function request(url: string, init: RequestInit): Promise<Got | null> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, text, replayed: response.headers.get('idempotency-replayed') === 'true' };
  } catch (error) {
    if (init.signal?.aborted) return null;
    throw error;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function read(got: Got | null, byGraphql: boolean): { status: number; code: string | null; value: any } {
  if (got === null) return { status: 0, code: null, value: null };
  const body = got.text === '' ? null : JSON.parse(got.text);
  if (!byGraphql) return { status: got.status, code: got.status < 300 ? null : (body?.code ?? null), value: body };
  const [error] = body.errors ?? [];
  if (error !== undefined) return { status: error.extensions.status, code: error.extensions.code, value: null };
  const value = Object.values(body.data)[0];
  // Where a query asks for one thing that is not there, the answer is null without an error.
  return { status: value === null ? 404 : 200, code: null, value };
}
