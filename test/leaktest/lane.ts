/**
 * One lane of the run: a few persons that nobody else has to do with, what was done about them, and what the oracle makes of it.
 * Lanes run beside each other; within a lane one thing happens after the other, so it is certain who may see what.
 */
import type { JWK } from 'jose';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { documentOf } from '../support/both-doors.ts';
import type { Entry, Handle } from './decide.ts';
import type { Goal } from './goals.ts';
import type { Conference, Hop, Plan } from './joint.ts';
import { type Marker, type MarkerKind, markersIn, writeMarker } from './markers.ts';
import { Oracle, type World } from './oracle.ts';
import type { Answer, Tested } from './service.ts';

const OPERATION = new Map(OPERATIONS.map((one) => [one.id as OperationId, one]));
const DOCUMENTS = new Map<string, string>();

/** What must not have happened. A leak is the worst; whatever else is wrong makes the run worthless, so it fails it too. */
export class Finding extends Error {
  readonly kind: 'leak' | 'miss' | 'mismatch' | 'failure';
  constructor(kind: Finding['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface Partner {
  /** Unique in the run; markers and the oracle know agencies by it. */
  number: number;
  id: string;
  publicBody: boolean;
  /** What its system signs with. */
  key: JWK;
  token(): Promise<string>;
}

export interface KnownAgreement {
  id: string;
  agreement: World['agreements'][number];
  /** Of the version that is in force, or drafted first. */
  number: number;
  /** How many versions there are. */
  versions: number;
  /** The amendment that not all have signed. */
  open: Amendment | null;
}
export interface Amendment {
  number: number;
  /** null: the admin. */
  by: number | null;
  parties: number[];
  purposes: string[];
  categories: string[];
  until: number | null;
  signed: number[];
  /** Who signed it and left before it was in force: it has left, and signs this version no more. */
  gone: number[];
}

export interface Network {
  world: World;
  partners: Partner[];
  admin(): Promise<string>;
  agreements: Map<string, KnownAgreement>;
}

export interface Counts {
  operations: number;
  reads: number;
  disclosures: number;
  refusals: number;
  /** How often each thing was done or read, of those that are counted by themselves. */
  tally: Map<string, number>;
}

export interface Input {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
  door?: Door;
}
export type Door = 'REST' | 'GraphQL';

export interface Outcome {
  status: number;
  code: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is looked at by who asked
  value: any;
  text: string;
  headers: Answer['headers'];
  replayed: boolean;
}

export interface KnownHandle {
  id: string;
  handle: Handle;
}
export interface KnownEntry {
  id: string;
  entry: Entry;
  /** null: it holds codes alone. */
  marker: string | null;
  by: number;
}
export interface KnownSlip {
  id: string;
  by: number;
  client: string;
  kind: string;
  purpose: string;
  entries: string[];
  /** Completed or cancelled. */
  ended: boolean;
}
export interface KnownForwarding {
  id: string;
  slip: string;
  from: number;
  to: number;
  sentAt: number;
  /** By agency: the ETag of its last reading, and what was to be read then. */
  tags: Map<number, { tag: string; shown: string }>;
}
export interface KnownText {
  id: string;
  by: number;
  client: string;
  kind: 'CONSENT' | 'RELEASE';
  language: string;
  statedBy: string;
  ageBand: string;
  validUntil: number;
  textHash: string;
  lines: { to: number; purpose: string | null; categories: string[] }[];
  recorded: boolean;
}
export interface KnownPlan {
  id: string;
  slip: string;
  by: number;
  partner: number;
  plan: Plan;
}
export interface KnownConference {
  id: string;
  convener: number;
  partner: number;
  conference: Conference;
  tasks: { task: string; about: string }[];
  /** How it stood when somebody read it last; of the choosing alone. */
  stood: string;
}
export interface Keyed {
  by: number;
  operation: OperationId;
  input: Input;
  at: number;
}

/** What the lane was given: everything that is not its own. */
export interface Setting {
  network: Network;
  tested: Tested;
  counts: Counts;
  newMarker(kind: MarkerKind, owner: number): string;
  /** Places of proof that were proposed, by number: which agency may see it beside who wrote it. Lists show all lanes. */
  proofs: Map<number, number>;
  /** What its instance numbers begin with, so that lanes do not all ask the same one. */
  offset: number;
}

export class Lane {
  readonly oracle: Oracle;
  readonly handles = new Map<string, KnownHandle>();
  readonly entries = new Map<string, KnownEntry>();
  readonly slips = new Map<string, KnownSlip>();
  readonly forwardings = new Map<string, KnownForwarding>();
  readonly proposals = new Map<string, { id: string; by: number; giver: number }>();
  readonly requests = new Map<string, { id: string; by: number; asked: number }>();
  readonly links = new Map<string, { id: string; client: string; by: number }>();
  readonly texts = new Map<string, KnownText>();
  readonly plans = new Map<string, KnownPlan>();
  readonly conferences = new Map<string, KnownConference>();
  readonly keyed = new Map<string, Keyed>();
  /** Contents by the number of their marker. */
  readonly contents = new Map<number, Entry>();
  readonly setting: Setting;
  /** After a link was ended the oracle knows an upper bound only: what it says is not open is not open, no more. */
  exact = true;
  /** Where some Laufzettel is to go; of the choosing alone, a story that is told again has none. */
  goal: Goal | null = null;
  #asked: number;

  constructor(setting: Setting) {
    this.setting = setting;
    this.oracle = new Oracle(setting.network.world);
    this.#asked = setting.offset;
  }

  get now(): number {
    return this.setting.network.world.now;
  }
  partner(index: number): Partner {
    return this.setting.network.partners[index]!;
  }
  /** The place of an agency among the partners, by its run-wide number. */
  indexOf(number: number): number {
    return this.setting.network.partners.findIndex((one) => one.number === number);
  }
  handleNamed(name: string): Handle | undefined {
    return this.handles.get(name)?.handle;
  }
  allHandles(): Handle[] {
    return [...this.handles.values()].map((one) => one.handle);
  }
  isSuspended(index: number): boolean {
    const { number } = this.partner(index);
    return this.setting.network.world.agencies.some((one) => one.number === number && one.suspended);
  }

  /** Every hop of the lane, as a conference asks for it. */
  hops(): Hop[] {
    return [...this.forwardings].map(([forwarding, { slip, from, to, sentAt }]) => {
      const { purpose } = this.slips.get(slip)!;
      return { forwarding, slip, from: this.partner(from).number, to: this.partner(to).number, purpose, sentAt };
    });
  }
  did(what: string): void {
    const { tally } = this.setting.counts;
    tally.set(what, (tally.get(what) ?? 0) + 1);
  }

  /** What an operation answers in another form than JSON: to be looked at as text. Whatever comes back is searched. */
  async page(by: number, id: OperationId, accept: string, { params = {}, query = {} }: Input = {}): Promise<Answer> {
    const operation = OPERATION.get(id)!;
    const answer = await this.send(by, operation.method, urlOf(operation.path, params, query), undefined, { accept });
    this.did(`${id} as ${accept}`);
    const type = String(answer.headers['content-type']);
    if (answer.status === 200 && !type.startsWith(accept)) throw new Finding('mismatch', `${id} answered ${type}`);
    return answer;
  }

  /** One operation, at either door; whatever comes back is searched. `by` −1: the admin. */
  async call(by: number, id: OperationId, input: Input = {}): Promise<Outcome> {
    const operation = OPERATION.get(id)!;
    const { params = {}, query = {}, body, headers = {}, door = 'REST' } = input;
    if (door === 'GraphQL') {
      const variables = { ...params, ...query, ...(body === undefined ? {} : { input: body }) };
      const given = Object.keys(variables);
      const name = `${id} ${given.join()}`;
      let document = DOCUMENTS.get(name);
      if (document === undefined) {
        document = documentOf(operation, given);
        DOCUMENTS.set(name, document);
      }
      const answer = await this.send(by, 'POST', '/graphql', JSON.stringify({ query: document, variables }), headers);
      const { data, errors } = parsed(answer);
      const problem = errors?.[0]?.extensions;
      const status = problem === undefined ? operation.status : Number(problem.status ?? 400);
      return this.#outcome(id, answer, status, problem?.code ?? null, problem ?? data?.[operation.graphql.field]);
    }
    const url = urlOf(operation.path, params, query);
    const answer = await this.send(
      by,
      operation.method,
      url,
      body === undefined ? undefined : JSON.stringify(body),
      headers,
    );
    const value = parsed(answer);
    return this.#outcome(id, answer, answer.status, answer.status >= 400 ? value.code : null, value);
  }

  #outcome(id: string, answer: Answer, status: number, code: string | null, value: unknown): Outcome {
    if (status >= 500) throw new Finding('failure', `${id} answered ${status} ${code}`);
    const replayed = answer.headers['idempotency-replayed'] === 'true';
    return { status, code, value, text: answer.text, headers: answer.headers, replayed };
  }

  /** Any request; every byte of the answer is searched for what this reader may not see. */
  async send(
    by: number,
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { tested, network, counts } = this.setting;
    const token = by < 0 ? await network.admin() : await this.partner(by).token();
    counts.operations += 1;
    this.#asked += 1;
    const answer = await tested.ask({ method, path, token, body, headers, instance: this.#asked });
    if (answer.status >= 500) throw new Finding('failure', `${method} ${withoutIds(path)} answered ${answer.status}`);
    this.search(by, answer, `${method} ${withoutIds(path)} (${answer.status})`);
    return answer;
  }

  search(by: number, answer: Answer, what: string): void {
    const text = `${answer.text}\n${Object.values(answer.headers).join('\n')}`;
    for (const marker of markersIn(text)) {
      if (!this.mayBeShown(by, marker)) {
        throw new Finding('leak', `${this.nameOf(by)} was shown ${this.describe(marker)} by ${what}`);
      }
    }
  }

  mayBeShown(by: number, marker: Marker): boolean {
    if (by < 0 || marker.kind === 's') return false;
    const reader = this.partner(by).number;
    if (marker.kind === 'f') return marker.owner === reader;
    if (marker.kind === 'p') return marker.owner === reader || this.setting.proofs.get(marker.number) === reader;
    const entry = this.contents.get(marker.number);
    // Of a lane that has ended, or another one: nobody asks for it but its author.
    if (entry === undefined) return marker.owner === reader;
    return this.oracle.mayRead(reader, entry);
  }

  nameOf(by: number): string {
    if (by < 0) return 'the admin';
    return `agency ${by}${this.partner(by).publicBody ? ' (public)' : ''}`;
  }

  describe(marker: Marker): string {
    const owner = this.indexOf(marker.owner);
    if (marker.kind === 'e') {
      const known = [...this.entries].find(([, one]) => one.marker === writeMarker(marker));
      return `the content of entry ${known?.[0] ?? '?'} (${known?.[1].entry.category ?? 'of another lane'}) by agency ${owner}`;
    }
    if (marker.kind === 'f') return `a file reference of agency ${owner}`;
    if (marker.kind === 'p') return `the place of a proof of agency ${owner}`;
    return 'a value from a request that was refused';
  }

  newContent(by: number, entry: Entry): string {
    const marker = this.setting.newMarker('e', this.partner(by).number);
    this.contents.set(numberOf(marker), entry);
    return marker;
  }

  /** The place of a proof; for its recorder alone, unless it is proposed. */
  newProof(by: number): string {
    return this.setting.newMarker('p', this.partner(by).number);
  }
}

function urlOf(template: string, params: Record<string, unknown>, query: Record<string, unknown>): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return `${path}${search.size > 0 ? `?${search}` : ''}`;
}

export const numberOf = (marker: string): number => markersIn(marker)[0]!.number;

// biome-ignore lint/suspicious/noExplicitAny: what it holds is looked at by who asked
function parsed(answer: Answer): any {
  if (answer.text === '') return {};
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new Finding('failure', `an answer of ${answer.status} is no JSON`);
  }
}

const withoutIds = (path: string): string => path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/\?.*/, '');
