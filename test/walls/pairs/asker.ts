/**
 * Asks at both doors for everything that the operation table has, and writes down what is answered: status, headers, body. A
 * new operation is asked by itself if it only reads; one that changes something has to stand in `acts.ts`.
 */
import { hasTag, type Operation } from '../../../src/contract/operation.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import { KINDS, PURPOSES } from '../../../src/domain/catalogue.ts';
import { CONFERENCE_STATUSES } from '../../../src/domain/conference.ts';
import { FORWARDING_STATUSES, LAUFZETTEL_STATUSES } from '../../../src/domain/laufzettel.ts';
import { REQUEST_STATUSES } from '../../../src/domain/request.ts';
import { type Door, type Input, OPERATION, requestOf } from '../../support/both-doors.ts';
import { type Ids, kindOfParameter, learn, noIds } from './knowledge.ts';

/** What is left of the caller's own requests is among them. */
const LEFT_OUT = new Set(['date', 'request-id', 'ratelimit', 'keep-alive', 'connection']);
/** By these content is read, which shows: what was never read vanishes when it closes. */
const READS = new Set(['listEntries', 'getEntry', 'getForwarding', 'getOwnPage']);
const NOTHING = '01980000-0000-7000-8000-00000000dead';

const STATUSES: Record<string, readonly string[]> = {
  listLaufzettel: LAUFZETTEL_STATUSES,
  listInbox: FORWARDING_STATUSES,
  listSent: FORWARDING_STATUSES,
  listRequests: REQUEST_STATUSES,
  listConferences: CONFERENCE_STATUSES,
};

export interface Answered {
  status: number;
  etag: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: it is looked through for ids
  body: any;
}

export class Asker {
  readonly told: string[] = [];
  /** What the agency was told. */
  readonly known: Ids = noIds();
  readonly #instants = new Set<string>();
  readonly #url: string;
  readonly #token: string;
  /** Things that are kept from the agency: as many of each kind in every world, existing or not. */
  readonly hidden: Ids;
  /** Whether one of many values of a filter is asked for; the same in both worlds. */
  readonly #takes: (label: string) => boolean;

  /** Waits until what was told has its number. */
  readonly #settled: () => Promise<void>;

  constructor(
    url: string,
    token: string,
    hidden: Ids,
    takes: (label: string) => boolean,
    settled: () => Promise<void>,
  ) {
    this.#settled = settled;
    this.#url = url;
    this.#token = token;
    this.hidden = hidden;
    this.#takes = takes;
  }

  async ask(door: Door, id: string, input: Input = {}): Promise<Answered> {
    const operation = OPERATION.get(id as never)!;
    if (operation.waits) await this.#settled();
    const { method, path, body } = requestOf(door, operation, input);
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...input.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    const headers = Array.from(response.headers).filter(([name]) => !LEFT_OUT.has(name));
    this.told.push(
      `── ${door} ${id} ${JSON.stringify(input)}\n${response.status}\n${headers.map((one) => one.join(': ')).join('\n')}\n${text}`,
    );
    const parsed = text === '' ? null : JSON.parse(text);
    const value = door === 'REST' ? parsed : parsed.data?.[operation.graphql.field];
    if (response.ok && value != null) {
      learn(this.known, id, value);
      for (const [, at] of text.matchAll(/"changedAt":"([^"]+)"/g)) this.#instants.add(at!);
    }
    return { status: response.status, etag: response.headers.get('etag'), body: value };
  }

  /** Everything that can be asked without a trace, and then everything that is read. */
  async look(door: Door): Promise<void> {
    const asked = new Set<string>();
    const readers = OPERATIONS.filter((one) => one.method === 'GET');
    const inOrder = [...readers.filter((one) => !READS.has(one.id)), ...readers.filter((one) => READS.has(one.id))];
    // What an answer names is asked for in turn, until nothing new is named.
    for (let before = -1; before < asked.size; ) {
      before = asked.size;
      for (const operation of inOrder) {
        for (const params of this.#paramsOf(operation)) {
          const label = `${operation.id} ${JSON.stringify(params)}`;
          if (asked.has(label)) continue;
          asked.add(label);
          await this.#read(door, operation, params);
        }
      }
    }
  }

  /** For each parameter what is known, what is hidden, what is not there; several parameters all in one order. */
  #paramsOf({ params }: Operation): Record<string, string | number>[] {
    const names = Object.keys(params?.shape ?? {});
    return names.reduce<Record<string, string | number>[]>(
      (rows, name) => {
        // Of a version, which has no other id; what was never signed has a second one as little.
        if (name === 'number') return rows.flatMap((row) => [1, 2].map((number) => ({ ...row, number })));
        const kind = kindOfParameter(name);
        const values = [...this.known[kind], ...this.hidden[kind], NOTHING];
        return rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
      },
      [{}],
    );
  }

  async #read(door: Door, operation: Operation, params: Record<string, string | number>): Promise<void> {
    const { id, query } = operation;
    const answered = await this.ask(door, id, { params });
    if (door === 'REST' && hasTag(operation) && answered.etag !== null) {
      await this.ask(door, id, { params, headers: { 'if-none-match': answered.etag } });
    }
    if (answered.body == null || query === undefined || answered.status !== 200) return;
    for (const limit of door === 'REST' ? [1, 2] : [1]) await this.#walk(door, id, params, limit);
    for (const name of Object.keys(query.shape).filter((one) => one !== 'limit' && one !== 'cursor')) {
      for (const [index, value] of this.#valuesOf(id, name).entries()) {
        // By its place, for an id is another one in the other world.
        if (!this.#takes(`${door} ${id} ${name} ${index}`)) continue;
        const sent = name === 'status' && id !== 'listRequests' ? [value] : value;
        await this.ask(door, id, { params, query: { [name]: sent } });
      }
    }
  }

  /** All that the agency was told of, by itself. */
  async walkEvents(): Promise<void> {
    for (let after = '0'; ; ) {
      const { body }: Answered = await this.ask('REST', 'listEvents', { query: { after, limit: 200 } });
      if (body?.events?.length === 0 || body?.next === undefined) return;
      after = body.next;
    }
  }

  async #walk(door: Door, id: string, params: Record<string, string | number>, limit: number): Promise<void> {
    let cursor: string | null = null;
    do {
      const query: Record<string, unknown> = cursor === null ? { limit } : { limit, cursor };
      const { body }: Answered = await this.ask(door, id, { params, query });
      cursor = body?.nextCursor ?? null;
    } while (cursor !== null);
  }

  #valuesOf(id: string, name: string): readonly string[] {
    switch (name) {
      case 'status':
        return STATUSES[id]!;
      case 'kind':
        return KINDS;
      case 'purpose':
        return PURPOSES;
      case 'urgency':
        return ['NORMAL', 'URGENT'];
      case 'role':
        return ['CREATED', 'RECEIVED'];
      case 'direction':
        return ['RECEIVED', 'SENT'];
      case 'language':
        return ['ar'];
      case 'partner':
        return this.known.agency;
      case 'agreementId':
        return [...this.known.agreement, NOTHING];
      case 'clientId':
        return [...this.known.client, ...this.hidden.client, NOTHING];
      case 'laufzettelId':
        return [...this.known.laufzettel, ...this.hidden.laufzettel, NOTHING];
      case 'list':
        return ['PLAN_NAMES'];
      case 'on':
        return ['2023-06-30'];
      case 'dueBefore':
      case 'dueAfter':
        return ['2027-03-01'];
      case 'changedSince':
        return [...this.#instants].sort();
      case 'after':
        return ['1', '7'];
      case 'wait':
        // What there is comes at once; else it would be a test of patience.
        return [];
      default:
        throw new Error(`${id} can be narrowed by "${name}", and nothing says by which values to ask`);
    }
  }
}
