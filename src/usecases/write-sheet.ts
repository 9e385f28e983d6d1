/**
 * Writing what a person said about sharing, line by line of one sheet (`consent.md`, "Recording"): the rules are checked,
 * every line is written, every open disclosure that they concern is decided again, once, and what they end is closed.
 */
import type { Facts, ReleaseFact, StatementFact } from '../domain/facts.ts';
import { cutToRecording } from '../domain/recording.ts';
import { type Review, reviewRows } from '../domain/review.ts';
import { type Answer, agencyOf } from './answer.ts';
import {
  type Actor,
  type ClosingTransaction,
  type Deps,
  type LockedClient,
  type ReleaseRecord,
  type StatementRecord,
  sealedAs,
} from './ports.ts';
import { applyReview, openRows } from './review-persons.ts';
import type { Line, RecordedLine, RecordedSheet, Sheet } from './sheet.ts';
import { confirmationOf, type NamedTexts, problemOf } from './sheet-problems.ts';

/** In a transaction that has locked the client's person. It is to be rolled back when this gives a problem. */
export async function writeSheet(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  clientId: string,
  locked: LockedClient,
  sheet: Sheet,
): Promise<Answer<RecordedSheet>> {
  const texts = await textsNamed(tx, actor, sheet);
  const refused = problemOf(actor, sheet, { ...locked, clientId, texts });
  if (refused !== null) return refused;
  const recorded = sheet.lines.map((line) => recordedAs(deps.newId(), actor, clientId, locked.at, line, texts));
  if (sheet.isForm) await noteForm(tx, actor, clientId, locked.at, recorded);
  for (const line of recorded) await writeLine(deps, tx, actor, locked, line);

  const after = withLines(locked, recorded);
  const review = reviewRows(openRows(locked), after, locked.at);
  const reviewed = await applyReview(tx, actor, locked, review, causeOf(sheet.lines));
  const noes = recorded.filter(({ stored }) => stored.decision !== 'GIVEN');
  const before = withLines(locked, noes);
  const isMixed = noes.length > 0 && noes.length < recorded.length;
  const noesAlone = isMixed ? reviewRows(openRows(locked), before, locked.at) : NOTHING_ENDS;
  const needed = confirmationOf(actor, sheet, { recorded, before, after, at: locked.at, review, noesAlone, reviewed });
  return needed ?? { recordedAt: locked.at, lines: recorded };
}

/** Own texts that a yes on the sheet names, by hash. A hash that is none of them is of paper that was made elsewhere. */
async function textsNamed(tx: ClosingTransaction, actor: Actor, { lines }: Sheet): Promise<NamedTexts> {
  const hashes = lines.flatMap((line) => (line.decision === 'GIVEN' ? [line.textHash] : []));
  const found = await tx.consentTextsNamed(actor, [...new Set(hashes)]);
  return new Map(found.map((text) => [text.textHash, text]));
}

const NOTHING_ENDS: Review = { ended: [], close: [], move: [] };

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

function recordedAs(
  id: string,
  actor: Actor,
  clientId: string,
  at: number,
  line: Line,
  texts: NamedTexts,
): RecordedLine {
  const own = agencyOf(actor);
  const { type, giver: named, purpose, pointerOf: _pointerOf, proposalId, ...said } = line;
  const giver = said.decision === 'GIVEN' ? own : named;
  const common = {
    ...NOTHING_OF_A_YES,
    ...said,
    id,
    clientId,
    proposalId: proposalId ?? null,
    consentTextId: (said.decision === 'GIVEN' && texts.get(said.textHash)?.id) || null,
    categories: said.categories && [...new Set(said.categories)],
    statedAt: said.decision === 'GIVEN' ? said.statedAt : cutToRecording(said.statedAt, at),
    recordedAt: at,
    recordedBy: own,
  };
  return type === 'STATEMENT'
    ? { type, stored: { ...common, discloser: giver, purpose } }
    : { type, stored: { ...common, origin: giver } };
}

async function writeLine(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  { wrapped }: LockedClient,
  { type, stored }: RecordedLine,
): Promise<void> {
  const { evidenceRef, ...bare } = stored;
  const evidence =
    evidenceRef !== null && wrapped !== null
      ? deps.vault.seal({ clientId: stored.clientId, wrapped }, sealedAs.evidence(stored.id), evidenceRef)
      : null;
  // In clear the proof goes no further than this: what is written is the ciphertext.
  if (type === 'STATEMENT') await tx.recordStatement(actor, bare as StatementRecord, evidence);
  else await tx.recordRelease(actor, bare as ReleaseRecord, evidence);
}

/** That these lines are one sheet, and in which order, for the audit. */
function noteForm(
  tx: ClosingTransaction,
  actor: Actor,
  client: string,
  at: number,
  recorded: readonly RecordedLine[],
): Promise<void> {
  const lines = recorded.map(({ type, stored }) => ({ [type === 'STATEMENT' ? 'statement' : 'release']: stored.id }));
  return tx.note(actor, 'consent-form.record', 'DONE', { client, lines }, at);
}

/** The facts with these lines among them; the same object when there are none. */
function withLines({ facts, person }: LockedClient, lines: readonly RecordedLine[]): Facts {
  if (lines.length === 0) return facts;
  const factsOf = (type: RecordedLine['type']) =>
    lines
      .filter((line) => line.type === type)
      .map(({ stored: { clientId: _clientId, proposalId: _proposalId, consentTextId: _textId, ...said } }) => ({
        ...said,
        person,
        evidenceRef: null,
      }));
  return {
    ...facts,
    statements: [...facts.statements, ...(factsOf('STATEMENT') as unknown as StatementFact[])],
    releases: [...facts.releases, ...(factsOf('RELEASE') as unknown as ReleaseFact[])],
  };
}

/** What the audit of a closing names as its cause. */
function causeOf(lines: readonly Line[]): string {
  const decisions = new Set(lines.map((line) => line.decision));
  return decisions.size === 1 ? [...decisions][0]! : 'CONSENT_FORM';
}
