/**
 * Recording what a person said about sharing: statements and releases (`consent.md`, "Recording").
 *
 * In one transaction, with the person locked: the rules are checked, the fact is written, every open disclosure that it
 * concerns is decided again, and what it ends is closed. When this has been answered, no read that starts afterwards
 * returns the data.
 */
import type { Category, Purpose } from '../domain/catalogue.ts';
import type {
  AgeBand,
  ConsentForm,
  Facts,
  GivenRelease,
  GivenStatement,
  ReleaseFact,
  StatedBy,
  StatementFact,
} from '../domain/facts.ts';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import { cutToRecording, problemsOfYes } from '../domain/recording.ts';
import { reviewRows } from '../domain/review.ts';
import { weakens } from '../domain/weakens.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import {
  type Actor,
  type ClosingTransaction,
  type Deps,
  type ReleaseRecord,
  type StatementRecord,
  sealedAs,
} from './ports.ts';
import { applyReview, openRows, rowsOf } from './review-persons.ts';

interface Said {
  statedAt: number;
  statedBy: StatedBy;
  ageBand: AgeBand;
}

interface Yes extends Said {
  decision: 'GIVEN';
  validFrom: number;
  validUntil: number;
  form: ConsentForm;
  capacityConfirmed: boolean;
  explicitSpecialCategories: boolean;
  language: string;
  textHash: string;
  evidenceRef: string;
  adultFrom: number | null;
  /** The caller has read what a weaker yes would withhold. */
  confirm: boolean;
}

export type NewStatement =
  | (Yes & { discloser?: string; recipient: string; purpose: Purpose; categories: Category[] })
  | (Said & {
      decision: 'REFUSED' | 'WITHDRAWN';
      discloser: string | null;
      recipient: string | null;
      purpose: Purpose | null;
      categories: Category[] | null;
    });

export type NewRelease =
  | (Yes & { origin?: string; recipient: string; categories: Category[] })
  | (Said & {
      decision: 'WITHDRAWN';
      origin: string | null;
      recipient: string | null;
      categories: Category[] | null;
    });

export const recordStatement = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  said: NewStatement,
): Promise<Answer<StatementRecord & { evidenceRef: string | null }>> =>
  record(deps, actor, clientId, said, {
    giver: { field: 'discloser', named: said.discloser ?? null },
    build: (base) => ({
      ...base,
      discloser: said.decision === 'GIVEN' ? agencyOf(actor) : said.discloser,
      purpose: said.purpose,
    }),
    write: (tx, statement, evidence) => tx.recordStatement(actor, statement, evidence),
    add: (facts, statement) => ({ ...facts, statements: [...facts.statements, statement as unknown as StatementFact] }),
  });

export const recordRelease = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  said: NewRelease,
): Promise<Answer<ReleaseRecord & { evidenceRef: string | null }>> =>
  record(deps, actor, clientId, said, {
    giver: { field: 'origin', named: said.origin ?? null },
    build: (base) => ({ ...base, origin: said.decision === 'GIVEN' ? agencyOf(actor) : said.origin }),
    write: (tx, release, evidence) => tx.recordRelease(actor, release, evidence),
    add: (facts, release) => ({ ...facts, releases: [...facts.releases, release as unknown as ReleaseFact] }),
  });

type Base = Omit<StatementRecord, 'discloser' | 'purpose'> & { person: string; evidenceRef: string | null };

/** Where a statement and a release differ. */
interface Sort<Stored extends Base> {
  giver: { field: string; named: string | null };
  build(base: Base): Stored;
  write(tx: ClosingTransaction, stored: Stored, evidence: Buffer | null): Promise<void>;
  add(facts: Facts, stored: Stored): Facts;
}

async function record<Stored extends Base>(
  deps: Deps,
  actor: Actor,
  clientId: string,
  said: NewStatement | NewRelease,
  sort: Sort<Stored>,
): Promise<Answer<Omit<Stored, 'person'>>> {
  return deps.closing.run<Answer<Omit<Stored, 'person'>>>(async (tx) => {
    const named = [sort.giver.named, said.recipient].filter((agency) => agency !== null);
    const locked = await tx.lockClient(actor, clientId, named);
    if (locked === null) return { commit: false, value: notFound('client') };
    // A handle whose key was destroyed takes no yes any more, for its proof could not be kept; a no it always takes.
    if (locked.wrapped === null && said.decision === 'GIVEN') return { commit: false, value: notFound('client') };
    const refused = problemOf(actor, said, sort.giver, locked);
    if (refused !== null) return { commit: false, value: refused };

    const id = deps.newId();
    const { confirm: _confirm, ...content } = { confirm: false, ...said };
    const stored = sort.build({
      ...NOTHING_OF_A_YES,
      ...content,
      id,
      clientId,
      person: locked.person,
      categories: said.categories && [...new Set(said.categories)],
      statedAt: said.decision === 'GIVEN' ? said.statedAt : cutToRecording(said.statedAt, locked.at),
      recordedAt: locked.at,
      recordedBy: agencyOf(actor),
    });
    const evidence =
      said.decision === 'GIVEN' && locked.wrapped !== null
        ? deps.vault.seal({ clientId, wrapped: locked.wrapped }, sealedAs.evidence(id), said.evidenceRef)
        : null;
    // In clear it goes no further than this: what is written is the ciphertext.
    await sort.write(tx, { ...stored, evidenceRef: null }, evidence);

    const after = sort.add(locked.facts, stored);
    const review = reviewRows(openRows(locked), after, locked.at);
    const reviewed = await applyReview(tx, actor, locked, review, said.decision);
    if (said.decision === 'GIVEN' && !said.confirm) {
      const weaker = weakens(stored as unknown as GivenStatement | GivenRelease, locked.facts, after, locked.at);
      const closed = rowsOf(actor.agency, reviewed.closed).length;
      const shortened = rowsOf(actor.agency, reviewed.shortened).length;
      if (weaker.length > 0 || closed > 0 || shortened > 0) {
        return { commit: false, value: confirmationOf(weaker, closed, shortened) };
      }
    }
    // No agency ever sees a person id: it stays here, and is not left to a door to drop.
    const { person: _person, ...answer } = stored;
    return { commit: true, value: answer };
  });
}

const NOTHING_OF_A_YES = {
  validFrom: null,
  validUntil: null,
  form: null,
  capacityConfirmed: null,
  explicitSpecialCategories: null,
  language: null,
  textHash: null,
  evidenceRef: null,
  adultFrom: null,
};

/** Everything that forbids recording, told at once. */
function problemOf(
  actor: Actor,
  said: NewStatement | NewRelease,
  giver: { field: string; named: string | null },
  locked: { at: number; unknownAgencies: string[] },
): Problem | null {
  const errors: FieldError[] = [];
  const own = agencyOf(actor);
  const mustExist = (field: string, agency: string | null): void => {
    if (agency !== null && locked.unknownAgencies.includes(agency)) {
      errors.push({ pointer: `/${field}`, detail: 'no agency of this exchange' });
    }
  };
  mustExist(giver.field, giver.named);
  mustExist('recipient', said.recipient);
  if (said.decision === 'GIVEN') {
    if (giver.named !== null && giver.named !== own) {
      errors.push({
        pointer: `/${giver.field}`,
        detail: 'only that agency itself records it, for it has to be able to prove it',
      });
    }
    if (said.recipient === own) errors.push({ pointer: '/recipient', detail: 'must be another agency than your own' });
    errors.push(...problemsOfYes(said, locked.at));
  }
  if (errors.length === 0) return null;
  return problem('rule-broken', 'This cannot be recorded; nothing was stored. See errors.', { errors });
}

function confirmationOf(weaker: readonly Category[], closed: number, shortened: number): Problem {
  return problem(
    'confirmation-required',
    'Recording this would withhold something that is permitted now. Nothing was stored. Send the request again with "confirm": true if that is what the client said.',
    {
      extra: {
        confirmWith: { confirm: true },
        weakerFor: weaker,
        disclosuresClosed: closed,
        disclosuresEndingEarlier: shortened,
      },
    },
  );
}
