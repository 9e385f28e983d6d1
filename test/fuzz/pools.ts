/** Ids that requests are made of: what each caller has been told of, and what it must never be told of. */
import { KIND_OF_MEMBER as NAMED } from '../misuse/places.ts';
import { NOTHING } from '../operations/world.ts';
import type { Random } from './random.ts';

export type Kind =
  | 'agency'
  | 'agreement'
  | 'client'
  | 'entry'
  | 'laufzettel'
  | 'forwarding'
  | 'disclosure'
  | 'proposal'
  | 'consentText'
  | 'request'
  | 'linkCode'
  | 'link'
  | 'webhook'
  | 'round'
  | 'conference'
  | 'plan'
  | 'planProposal'
  | 'planPart'
  /** What a person carries from one agency to another; no id, and found out of by whoever is told. */
  | 'code';

/** A member of a request or an answer that is an id, and of what. */
export const KIND_OF_MEMBER: Readonly<Record<string, Kind>> = NAMED;

/** Of what the member `id` of an answer is, by the name of its list or of its GraphQL type. */
export const KIND_OF_PLACE: Readonly<Record<string, Kind>> = {
  clients: 'client',
  'open-clients': 'client',
  entries: 'entry',
  laufzettel: 'laufzettel',
  forwardings: 'forwarding',
  inbox: 'forwarding',
  sent: 'forwarding',
  requests: 'request',
  proposals: 'proposal',
  'consent-texts': 'consentText',
  agreements: 'agreement',
  agencies: 'agency',
  rounds: 'round',
  conferences: 'conference',
  plans: 'plan',
  history: 'planProposal',
  'link-codes': 'linkCode',
  links: 'link',
  webhooks: 'webhook',
  Agency: 'agency',
  Agreement: 'agreement',
  Client: 'client',
  OpenClient: 'client',
  Entry: 'entry',
  Laufzettel: 'laufzettel',
  Forwarding: 'forwarding',
  ForwardingHeader: 'forwarding',
  Request: 'request',
  LaufzettelRequest: 'request',
  Proposal: 'proposal',
  ConsentText: 'consentText',
  LinkCode: 'linkCode',
  ClientLink: 'link',
  Webhook: 'webhook',
  WebhookWithSecret: 'webhook',
  Round: 'round',
  RoundHeader: 'round',
  Conference: 'conference',
  ConferenceHeader: 'conference',
  Plan: 'plan',
  PlanHeader: 'plan',
  PlanProposal: 'planProposal',
  PlanPart: 'planPart',
};

/** The agencies that send. */
export const ACTORS = ['arge', 'caritas', 'diakonie'] as const;

export const LINK_CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/;

/** The newest count most, and old ones have often ended. */
const REMEMBERED = 30;
const MALFORMED = ['no-id', '', '0', "' OR true --", '%00', '../..', `${NOTHING}0`, '{}', 'null', '💥'];

export class Pools {
  readonly #known = new Map<string, string[]>();
  readonly #versions = new Map<string, number>();
  /** By kind: what belongs to those who send nothing. */
  readonly foreign: Readonly<Record<string, readonly string[]>>;
  /** What nobody learns by an answer: what everything goes by, and what is foreign. */
  readonly #kept: ReadonlySet<string>;

  constructor(foreign: Readonly<Record<string, readonly string[]>>, kept: readonly string[]) {
    this.foreign = foreign;
    this.#kept = new Set([...kept, ...Object.values(foreign).flat()]);
  }

  learn(caller: string, kind: Kind, id: unknown): void {
    if (typeof id !== 'string' || this.#kept.has(id)) return;
    // An agency knows all of them by the directory; those that it has to do with are told to it once, by `teach`.
    if (kind === 'agency' && caller !== 'admin') return;
    this.teach(caller, kind, id);
  }

  /** Whatever it is the id of, and whoever is not to change it. */
  teach(caller: string, kind: Kind, id: string): void {
    const key = `${caller} ${kind}`;
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, known);
    const place = known.indexOf(id);
    if (place >= 0) known.splice(place, 1);
    known.push(id);
    if (known.length > REMEMBERED) known.shift();
  }

  /** The version that was seen last of a thing, so that a step has a chance to be taken. */
  learnVersion(id: unknown, version: unknown): void {
    if (typeof id !== 'string' || typeof version !== 'number') return;
    if (this.#versions.size > 20_000) this.#versions.clear();
    this.#versions.set(id, version);
  }

  versionOf(id: unknown): number | undefined {
    return this.#versions.get(String(id));
  }

  /** An id as a caller may send it: mostly one that it knows, else foreign, unknown, of another kind, or none at all. */
  id(random: Random, caller: string, kind: Kind): string {
    const known = this.#known.get(`${caller} ${kind}`) ?? [];
    const chance = random.next();
    if (chance < 0.8 && known.length > 0) {
      // One of the newest more often: what has just been made has not ended yet.
      return random.chance(0.5) ? known.at(-1 - random.below(Math.min(3, known.length)))! : random.pick(known);
    }
    if (chance < 0.88) return random.pick(this.foreign[caller === 'admin' ? 'nothing' : kind] ?? [NOTHING]);
    if (chance < 0.93) return NOTHING;
    if (chance < 0.97) return this.#ofAnyKind(random, caller);
    return random.pick(MALFORMED);
  }

  #ofAnyKind(random: Random, caller: string): string {
    const all = [...this.#known].filter(([key]) => key.startsWith(`${caller} `)).flatMap(([, ids]) => ids);
    return all.length > 0 ? random.pick(all) : NOTHING;
  }
}
