/**
 * From what is missing to the papers that a person is asked to sign: one for the consent, one for the release from professional
 * secrecy, each with exactly the lines that are missing. Nothing is said by making them, and nothing counts.
 */
import { createHash } from 'node:crypto';
import {
  type AskedLine,
  CONSENT_TEXT_KINDS,
  type ConsentTextKind,
  latestEnd,
  linesOf,
  maySpeak,
  type Wanted,
  wantedOf,
} from '../domain/consent-text.ts';
import type { AgeBand, Instant, StatedBy } from '../domain/facts.ts';
import type { Language } from '../domain/languages.ts';
import { type FieldError, isProblem, type Problem, problem } from '../domain/problem.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { getConsentText, type ShownConsentText } from './consent-texts.ts';
import { decideForwarding, subjectOf } from './decide-forwarding.ts';
import { neededOf, type ToldNeed, toldAs } from './needed-consents.ts';
import { type Actor, type AgencyRecord, type Deps, type Effect, sealedAs } from './ports.ts';

/** Kept about one client; a person is asked a few times a year. */
const MOST_OF_CLIENT = 1_000;

export interface ConversationRequest {
  language: Language;
  statedBy: StatedBy;
  ageBand: AgeBand;
  /** From the day of this day, in calendar months; null: `validUntil` is said. */
  months: number | null;
  validUntil: Instant | null;
  /** What is missing for this forwarding; null: `lines` are said. */
  from: { laufzettelId: string; recipient: string; entryIds?: readonly string[] } | null;
  lines: readonly Wanted[];
}

export interface Conversation {
  texts: ShownConsentText[];
  /** What is missing as well and stands on none of them. */
  notAsked: ToldNeed[];
}

type Asker = Pick<AgencyRecord, 'name' | 'sponsor' | 'legalRegime'>;

/** All that a paper says, but for its words. */
export interface Paper {
  id: string;
  kind: ConsentTextKind;
  language: Language;
  statedBy: StatedBy;
  ageBand: AgeBand;
  asker: Asker;
  /** The recipient by its name. */
  lines: readonly AskedLine[];
  validUntil: Instant;
  createdAt: Instant;
}

/** The words of a paper, always the same of the same. */
export type WritePaper = (paper: Paper) => string;

export async function startConsentConversation(
  deps: Deps,
  actor: Actor,
  clientId: string,
  request: ConversationRequest,
  write: WritePaper,
): Promise<Answer<Conversation>> {
  const key = await deps.clients.key(actor, clientId);
  if (key === null) return notFound('client');
  const validUntil = request.validUntil ?? latestEnd(key.at, request.months!);
  const broken = [...faultsOf(actor, request, validUntil, key.at), ...(await unknownRecipients(deps, actor, request))];
  if (broken.length > 0) {
    return problem('rule-broken', 'This cannot be asked; nothing was made. See errors.', { errors: broken });
  }
  const asked = await whatIsAsked(deps, actor, clientId, request);
  if (isProblem(asked)) return asked;

  const { language, statedBy, ageBand } = request;
  const made = { clientId, language, statedBy, ageBand, validUntil, createdAt: key.at };
  const names = await namesOf(deps, actor, asked.wanted);
  const asker = (await deps.agencies.get(actor, agencyOf(actor)))!;
  const papers = CONSENT_TEXT_KINDS.flatMap((kind) => {
    const lines = linesOf(kind, asked.wanted);
    return lines.length === 0 ? [] : [{ id: deps.newId(), kind, lines }];
  });
  const texts = papers.map((paper) => {
    const lines = paper.lines.map((line) => ({ ...line, recipient: names.get(line.recipient)! }));
    const text = write({ ...made, ...paper, lines, asker }).normalize('NFC');
    const textHash = createHash('sha256').update(text).digest('hex');
    const sealed = deps.vault.seal({ clientId, wrapped: key.wrapped }, sealedAs.consentText(paper.id), text);
    return { ...paper, text, textHash, sealed };
  });
  const notAsked = asked.notAsked.map(toldAs);
  const subject = { client: clientId, texts: texts.map(({ id }) => id), notAsked, ...asked.subject };
  const stored = texts.map(({ text: _text, ...one }) => one);
  const outcome = await deps.consentTexts.make(actor, { ...made, texts: stored, subject }, MOST_OF_CLIENT);
  if (outcome === 'too-many') {
    return problem(
      'conflict',
      `At most ${MOST_OF_CLIENT} consent texts about a client are kept, and there are as many.`,
    );
  }
  return { texts: texts.map(({ sealed: _sealed, ...one }) => ({ ...made, ...one })), notAsked };
}

/** An answer that was given before. */
export async function conversationBefore(deps: Deps, actor: Actor, { subject }: Effect): Promise<Answer<Conversation>> {
  const noted = subject as unknown as { texts: string[]; notAsked: ToldNeed[] };
  const texts: ShownConsentText[] = [];
  for (const id of noted.texts) {
    const text = await getConsentText(deps, actor, id);
    if (isProblem(text)) return text;
    texts.push(text);
  }
  return { texts, notAsked: noted.notAsked.map(toldAs) };
}

/** What could never be recorded is not asked. */
function faultsOf(
  actor: Actor,
  { statedBy, ageBand, validUntil, lines }: ConversationRequest,
  end: Instant,
  at: Instant,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!maySpeak(statedBy, ageBand)) {
    errors.push({ pointer: '/statedBy', detail: `cannot speak for a client whose age is ${ageBand}` });
  }
  if (validUntil !== null && (end <= at || end > latestEnd(at))) {
    errors.push({ pointer: '/validUntil', detail: 'must lie ahead, at most 12 calendar months after this day' });
  }
  for (const [index, { recipient }] of lines.entries()) {
    if (recipient === agencyOf(actor)) {
      errors.push({ pointer: `/lines/${index}/recipient`, detail: 'must be another agency than your own' });
    }
  }
  return errors;
}

async function unknownRecipients(deps: Deps, actor: Actor, { lines }: ConversationRequest): Promise<FieldError[]> {
  const names = await namesOf(deps, actor, lines);
  return lines.flatMap(({ recipient }, index) =>
    names.get(recipient) === null
      ? [{ pointer: `/lines/${index}/recipient`, detail: 'no agency of this exchange' }]
      : [],
  );
}

/** By agency; null: there is no such. */
async function namesOf(deps: Deps, actor: Actor, wanted: readonly Wanted[]): Promise<Map<string, string | null>> {
  const names = new Map<string, string | null>();
  for (const { recipient } of wanted) {
    if (!names.has(recipient)) names.set(recipient, (await deps.agencies.get(actor, recipient))?.name ?? null);
  }
  return names;
}

/** subject: what the audit keeps of a question about consent, as it does of a preview. */
async function whatIsAsked(
  deps: Deps,
  actor: Actor,
  clientId: string,
  { from, lines, statedBy }: ConversationRequest,
): Promise<(ReturnType<typeof wantedOf> & { subject: object }) | Problem> {
  if (from === null) return { wanted: [...lines], notAsked: [], subject: {} };
  const { laufzettelId, ...to } = from;
  const decided = await decideForwarding(deps, actor, laufzettelId, { ...to, strict: false }, { decidedAt: 'preview' });
  if (isProblem(decided)) return within('/from', decided);
  const needed = await neededOf(deps, actor, decided);
  return { ...wantedOf(needed, clientId, statedBy), subject: subjectOf(laufzettelId, decided) };
}

/** Its fields stand in a member of the body. */
const within = (member: string, refused: Problem): Problem => ({
  ...refused,
  ...(refused.errors && { errors: refused.errors.map((one) => ({ ...one, pointer: `${member}${one.pointer}` })) }),
});
