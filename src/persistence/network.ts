/**
 * Agencies and agreements as this instance knows them. The database names their state anew with each change; a statement that
 * reads facts is told which one is known here, and answers, out of its own snapshot, that it is so or what it is now.
 *
 * So a decision never stands on agencies or agreements of another moment than the rest of its facts.
 */
import type { AgencyFact, AgencyId, AgreementFact, Facts } from '../domain/facts.ts';

interface Versioned<Fact> {
  version: number;
  fact: Fact;
}

/** As internal.network writes it; the lists are there when the state is another than the known one. */
export interface NetworkJson {
  state: string;
  agencies?: Versioned<AgencyFact>[];
  agreements?: Versioned<AgreementFact>[];
}

export interface InvolvedFacts extends Pick<Facts, 'agencies' | 'agreements'> {
  versions: { agencies: Record<AgencyId, number>; agreements: Record<string, number> };
}

/** What was true while the database called its state by this name. Shared by requests, and never changed. */
export class Network {
  readonly state: string;
  readonly #agencies: Map<AgencyId, Versioned<AgencyFact>>;
  readonly #agreements: Map<AgencyId, Versioned<AgreementFact>[]>;

  constructor({ state, agencies = [], agreements = [] }: NetworkJson) {
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
    const found: InvolvedFacts = { agencies: [], agreements: [], versions: { agencies: {}, agreements: {} } };
    const met = new Set<Versioned<AgreementFact>>();
    for (const id of new Set(involved)) {
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
        }
      }
    }
    return found;
  }
}

/** The newest network that this instance has heard of. */
export class KnownNetwork {
  #newest: Network | null = null;

  /** Calls with the state that is known, and reads the answer by the network that it is about. */
  async with<Answer extends { network?: NetworkJson } | null>(
    call: (known: string | null) => Promise<Answer>,
  ): Promise<{ answer: Answer; network: Network | null }> {
    const known = this.#newest;
    const answer = await call(known?.state ?? null);
    const told = answer?.network;
    if (told === undefined) return { answer, network: null };
    if (told.agencies === undefined) return { answer, network: known };
    this.#newest = new Network(told);
    return { answer, network: this.#newest };
  }
}
