/**
 * All that is an agency's own, one after the other, as it stood at one moment. Each is read as its list reads it; only what
 * the agency wrote is opened. What others disclosed to it is not its own: that is fetched, and decided at every read.
 */
import { own } from '../domain/disclosure.ts';
import { problem } from '../domain/problem.ts';
import { type Answer, agencyOf } from './answer.ts';
import { type Client, openClient } from './clients.ts';
import { type ShownConsentText, showConsentText } from './consent-texts.ts';
import { type Shown, showStated } from './list-consent.ts';
import { type ShownProposal, showProposal } from './list-proposals.ts';
import type {
  Actor,
  AgreementRecord,
  AgreementVersionRecord,
  ConferenceRecord,
  Deps,
  DisclosureRecord,
  ForwardingHeader,
  LaufzettelRecord,
  OwnPlanProposal,
  PlanRecord,
  Position,
  ReleaseRecord,
  RequestRecord,
  SealedConsentText,
  Snapshot,
  StatementRecord,
} from './ports.ts';
import { type ShownEntry, show } from './read-entries.ts';

/** What there is of each kind, in the order in which it comes: whatever is referred to stands before. */
export interface OwnThings {
  agreement: AgreementRecord;
  agreementVersion: AgreementVersionRecord;
  client: Client;
  statement: Shown<StatementRecord>;
  release: Shown<ReleaseRecord>;
  disclosure: DisclosureRecord;
  entry: ShownEntry;
  consentText: ShownConsentText;
  laufzettel: LaufzettelRecord;
  request: RequestRecord;
  forwardingSent: ForwardingHeader;
  forwardingReceived: ForwardingHeader;
  proposal: ShownProposal;
  conference: ConferenceRecord;
  plan: PlanRecord;
  planProposal: OwnPlanProposal;
}

export type OwnThing = { [Type in keyof OwnThings]: { type: Type; thing: OwnThings[Type] } }[keyof OwnThings];

export interface OwnExport {
  asOf: number;
  /** Throws what stores throw. Goes no further once the agency is suspended. */
  things(): AsyncGenerator<OwnThing>;
  close(): Promise<void>;
}

/** Kept in memory at once. */
const CLIENTS_A_PAGE = 50;
const THINGS_A_PAGE = 200;

export async function exportOwn(deps: Deps, actor: Actor): Promise<Answer<OwnExport>> {
  const snapshot = await deps.exports.begin(actor);
  if (snapshot === null) return underWay;
  return {
    asOf: snapshot.asOf,
    things: () => new Export(deps, actor, snapshot).things(),
    close: () => snapshot.close(),
  };
}

const underWay = problem('rate-limited', 'An export of your agency is under way already; wait for its end.', {
  extra: { retryAfterSeconds: 30 },
});

type Load<T> = (after: Position | null, most: number) => Promise<T[] | null>;

class Export {
  readonly #deps: Deps;
  readonly #actor: Actor;
  readonly #from: Snapshot;

  constructor(deps: Deps, actor: Actor, snapshot: Snapshot) {
    this.#deps = deps;
    this.#actor = actor;
    this.#from = snapshot;
  }

  async *things(): AsyncGenerator<OwnThing> {
    const actor = this.#actor;
    const from = this.#from;
    const created = (one: { id: string; createdAt: number }): Position => ({ at: one.createdAt, id: one.id });
    const sent = (one: ForwardingHeader): Position => ({ at: one.sentAt, id: one.id });

    for await (const one of this.#all('agreement', (after, most) => from.agreements(actor, after, most), created)) {
      yield one;
      yield* this.#versionsOf(one.thing.id);
    }
    yield* this.#clients();
    yield* this.#consentTexts();
    yield* this.#all('laufzettel', (after, most) => from.laufzettel(actor, { role: 'CREATED' }, after, most), created);
    for (const received of [false, true]) {
      const wanted = { received, status: null };
      yield* this.#all('request', (after, most) => from.requests(actor, wanted, after, most), created);
    }
    for (const received of [false, true]) {
      const load: Load<ForwardingHeader> = (after, most) => from.forwardings(actor, received, {}, after, most);
      yield* this.#all(received ? 'forwardingReceived' : 'forwardingSent', load, sent);
    }
    for (const received of [false, true]) {
      const load: Load<ShownProposal> = async (after, most) => {
        const found = await from.proposals(actor, received, after, most);
        return (await this.#withKeptEvidence(found)).map(showProposal(this.#deps));
      };
      yield* this.#all('proposal', load, (one) => ({ at: one.proposedAt, id: one.id }));
    }
    yield* this.#all('conference', (after, most) => from.conferences(actor, {}, after, most), created);
    yield* this.#all('plan', (after, most) => from.plans(actor, {}, after, most), created);
    const proposed = ({ proposedAt, id }: OwnPlanProposal): Position => ({ at: proposedAt, id });
    yield* this.#all('planProposal', (after, most) => from.planProposals(actor, after, most), proposed);
  }

  /** One at a time, for each has its text and as many signatures as parties. */
  async *#versionsOf(agreementId: string): AsyncGenerator<OwnThing> {
    for (let last = 0; ; ) {
      await this.#demandActive();
      const [thing] = (await this.#from.agreementVersions(this.#actor, agreementId, last, 1, true)) ?? [];
      if (thing === undefined) return;
      yield { type: 'agreementVersion', thing };
      last = thing.number;
    }
  }

  async *#clients(): AsyncGenerator<OwnThing> {
    for (let after: Position | null = null; ; ) {
      await this.#demandActive();
      const page = await this.#from.clients(this.#actor, after, CLIENTS_A_PAGE, THINGS_A_PAGE);
      const kept = await this.#keptOf(page.map(({ id }) => id));
      for (const client of page) {
        const wrapped = kept.has(client.id) ? client.wrapped : null;
        yield { type: 'client', thing: openClient(this.#deps, { ...client, wrapped }) };
        yield* this.#listedOf(client);
      }
      yield* this.#entriesOf(page.map(({ id }) => id));
      const last = page.at(-1);
      if (last === undefined || page.length < CLIENTS_A_PAGE) return;
      after = { at: last.createdAt, id: last.id };
    }
  }

  /** What came with the client, and the rest of it where that was not all. */
  async *#listedOf({
    id,
    statements,
    releases,
    disclosures,
  }: Awaited<ReturnType<Snapshot['clients']>>[number]): AsyncGenerator<OwnThing> {
    const actor = this.#actor;
    const from = this.#from;
    const recorded = (one: { id: string; recordedAt: number }): Position => ({ at: one.recordedAt, id: one.id });
    const rest =
      <T>(first: T[], load: (after: Position | null, most: number) => Promise<T[] | null>): Load<T> =>
      async (after, most) => {
        if (after === null) return first;
        await this.#demandActive();
        return load(after, most);
      };
    const said = rest(statements, (after, most) => from.statements(actor, id, after, most));
    for await (const one of pagesOf(said, recorded)) {
      const [stated] = await this.#withKeptEvidence([one]);
      yield { type: 'statement', thing: showStated(this.#deps)<StatementRecord>(stated!) };
    }
    const released = rest(releases, (after, most) => from.releases(actor, id, after, most));
    for await (const one of pagesOf(released, recorded)) {
      const [stated] = await this.#withKeptEvidence([one]);
      yield { type: 'release', thing: showStated(this.#deps)<ReleaseRecord>(stated!) };
    }
    const disclosed = rest(disclosures, (after, most) => from.disclosures(actor, id, after, most));
    for await (const thing of pagesOf(disclosed, (one) => ({ at: one.openedAt, id: one.id }))) {
      yield { type: 'disclosure', thing };
    }
  }

  async *#entriesOf(clients: readonly string[]): AsyncGenerator<OwnThing> {
    const reader = agencyOf(this.#actor);
    let after: Awaited<ReturnType<Snapshot['entries']>>['next'] = null;
    do {
      await this.#demandActive();
      const { entries, sealed, handles, next } = await this.#from.entries(this.#actor, clients, after, THINGS_A_PAGE);
      const kept = await this.#keptOf([...new Set([...sealed.values()].map(({ clientId }) => clientId))]);
      for (const entry of entries) {
        if (!kept.has(sealed.get(entry.id)?.clientId ?? '')) continue;
        const thing = show(this.#deps, entry, own(reader), { reader, sealed, handles });
        // Its key was destroyed: the content is gone, and with it the entry.
        if (thing !== null) yield { type: 'entry', thing };
      }
      after = next;
    } while (after !== null);
  }

  async *#consentTexts(): AsyncGenerator<OwnThing> {
    const load: Load<SealedConsentText> = async (after, most) => {
      await this.#demandActive();
      return this.#from.consentTexts(this.#actor, null, after, most);
    };
    for await (const text of pagesOf(load, (one) => ({ at: one.createdAt, id: one.id }))) {
      // It went with the key of its client.
      if (!(await this.#keptOf([text.clientId])).has(text.clientId)) continue;
      yield { type: 'consentText', thing: showConsentText(this.#deps)(text) };
    }
  }

  async *#all<Type extends keyof OwnThings>(
    type: Type,
    load: Load<OwnThings[Type]>,
    positionOf: (thing: OwnThings[Type]) => Position,
  ): AsyncGenerator<Extract<OwnThing, { type: Type }>> {
    const loadWhileActive: Load<OwnThings[Type]> = async (after, most) => {
      await this.#demandActive();
      return load(after, most);
    };
    for await (const thing of pagesOf(loadWhileActive, positionOf))
      yield { type, thing } as Extract<OwnThing, { type: Type }>;
  }

  /**
   * Of these handles those whose key is still there at this moment: the snapshot has the keys of what was erased since it
   * began, and what was erased cannot be read any more by anybody.
   */
  async #keptOf(clients: string[]): Promise<Set<string>> {
    return new Set(clients.length === 0 ? [] : await this.#deps.clients.keptKeys(clients));
  }

  async #withKeptEvidence<T extends { evidence: { clientId: string } | null }>(found: readonly T[]): Promise<T[]> {
    const kept = await this.#keptOf([...new Set(found.flatMap(({ evidence }) => evidence?.clientId ?? []))]);
    return found.map((one) =>
      one.evidence !== null && kept.has(one.evidence.clientId) ? one : { ...one, evidence: null },
    );
  }

  /** Of this moment, which the snapshot does not know of. Throws AgencySuspended. */
  async #demandActive(): Promise<void> {
    await this.#deps.clients.handles(this.#actor, []);
  }
}

async function* pagesOf<T>(load: Load<T>, positionOf: (thing: T) => Position): AsyncGenerator<T> {
  for (let after: Position | null = null; ; ) {
    const page: T[] = (await load(after, THINGS_A_PAGE)) ?? [];
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < THINGS_A_PAGE) return;
    after = positionOf(last);
  }
}
