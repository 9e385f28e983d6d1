/**
 * Agencies and agreements as this instance knows them. The database names their state anew with each change; a statement that
 * reads facts answers with the name of its own snapshot. If another one is known here, the network is fetched, and it is asked again.
 *
 * So a decision never stands on agencies or agreements of another moment than the rest of its facts.
 */
import { LRUCache } from 'lru-cache';
import type { AgencyFact, AgencyId, AgreementFact, Facts } from '../domain/facts.ts';
import { ChangedMeanwhile } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only } from './read-json.ts';

interface Versioned<Fact> {
  version: number;
  fact: Fact;
}
type KnownAgreement = Versioned<AgreementFact> & { daysToAccept: number };

/** As api.network writes it. */
interface NetworkJson {
  state: string;
  agencies: Versioned<AgencyFact>[];
  agreements: KnownAgreement[];
}

export interface InvolvedFacts extends Pick<Facts, 'agencies' | 'agreements'> {
  versions: { agencies: Record<AgencyId, number>; agreements: Record<string, number> };
  /** By agreement; no part of what is decided upon. */
  daysToAccept: Record<string, number>;
}

const MOST_KEPT = 10_000;

/** What was true while the database called its state by this name. Shared by requests, and never changed. */
export class Network {
  readonly state: string;
  readonly #agencies: Map<AgencyId, Versioned<AgencyFact>>;
  readonly #agreements: Map<AgencyId, KnownAgreement[]>;
  /** The same few agencies meet again and again. */
  readonly #asked = new LRUCache<string, InvolvedFacts>({ max: MOST_KEPT });

  constructor({ state, agencies, agreements }: NetworkJson) {
    this.state = state;
    this.#agencies = new Map(agencies.map((one) => [one.fact.id, one]));
    this.#agreements = new Map();
    for (const one of agreements) {
      for (const agency of new Set(one.fact.parties?.map((party) => party.agency))) {
        const known = this.#agreements.get(agency);
        if (known === undefined) this.#agreements.set(agency, [one]);
        else known.push(one);
      }
    }
  }

  /** These agencies, as far as there are such, and the agreements that at least two of them are parties of. */
  among(involved: Iterable<AgencyId>): InvolvedFacts {
    const ids = [...new Set(involved)].sort();
    const named = ids.join();
    const asked = this.#asked.get(named) ?? this.#find(ids);
    this.#asked.set(named, asked);
    return asked;
  }

  #find(involved: readonly AgencyId[]): InvolvedFacts {
    const found: InvolvedFacts = {
      agencies: [],
      agreements: [],
      versions: { agencies: {}, agreements: {} },
      daysToAccept: {},
    };
    const met = new Set<KnownAgreement>();
    for (const id of involved) {
      const agency = this.#agencies.get(id);
      if (agency === undefined) continue;
      found.agencies.push(agency.fact);
      found.versions.agencies[id] = agency.version;
      for (const agreement of this.#agreements.get(id) ?? []) {
        const { id: name } = agreement.fact;
        if (!met.has(agreement)) met.add(agreement);
        else if (found.versions.agreements[name] === undefined) {
          found.agreements.push(agreement.fact);
          found.versions.agreements[name] = agreement.version;
          found.daysToAccept[name] = agreement.daysToAccept;
        }
      }
    }
    for (const list of [found.agencies, found.agreements]) Object.freeze(list);
    return found;
  }
}

/** It changes a few times a day; whoever finds it changed this often in a row may ask again. */
const MOST_ATTEMPTS = 5;

/** The newest network that this instance has heard of. */
export class KnownNetwork {
  readonly #database: Caller;
  #newest: Network | null = null;
  #fetching: Promise<Network> | null = null;

  constructor(database: Caller) {
    this.#database = database;
  }

  /**
   * An answer with the network of its own moment; null where it is about no network.
   *
   * @param tx what the call is made by within a transaction: the network is fetched by it as well, for who holds a connection
   *   waits for no other.
   */
  async with<Answer extends { network?: string } | null>(
    call: () => Promise<Answer>,
    tx?: Caller,
  ): Promise<{ answer: Answer; network: Network | null }> {
    let known = this.#newest ?? (await this.#fetch(tx));
    for (let left = MOST_ATTEMPTS; left > 0; left--) {
      const answer = await call();
      if (answer?.network === undefined) return { answer, network: null };
      if (answer.network === known.state) return { answer, network: known };
      // Another request may have fetched it meanwhile.
      const newest = this.#newest;
      known = newest !== null && newest !== known ? newest : await this.#fetch(tx);
    }
    throw new ChangedMeanwhile();
  }

  /** Once for all who find it changed at the same time. What a transaction sees is its own, and may never come about: it is not kept. */
  #fetch(tx?: Caller): Promise<Network> {
    if (tx !== undefined) return ask(tx);
    this.#fetching ??= ask(this.#database)
      .then((network) => {
        this.#newest = network;
        return network;
      })
      .finally(() => {
        this.#fetching = null;
      });
    return this.#fetching;
  }
}

async function ask(caller: Caller): Promise<Network> {
  const rows = await caller.call<{ network: NetworkJson }>('network', 'SELECT api.network() AS network', []);
  return new Network(only(rows).network);
}
