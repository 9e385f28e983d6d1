/** One client's case: what its sender and its recipient ask for, and what they were answered. */
import { inventPerson } from '../../src/cli/demo/persons.ts';
import { no, yes } from '../support/consent-bodies.ts';
import type { Random } from '../support/random.ts';
import { type Finding, lost } from './findings.ts';
import type { Answered, Ask } from './partner.ts';
import type { Agency } from './world.ts';

export const CATEGORIES = ['STAMMDATEN', 'KONTAKT'];

/** What becomes of a forwarding; `refused`: the client was never asked. By how often. */
const PLANS = [
  [40, 'sent'],
  [14, 'read'],
  [14, 'accepted'],
  [8, 'closed'],
  [5, 'rejected'],
  [4, 'recalled unread'],
  [4, 'recalled'],
  [4, 'withdrawn unread'],
  [7, 'withdrawn'],
] as const;
export type Plan = (typeof PLANS)[number][1] | 'refused';

const REFUSED = 0.05;
/** Who was answered asks once more, now and then; and of so many again at the end. */
const ASKED_TWICE = 0.03;
const ASKED_AGAIN_LATER = 0.02;

export const choosePlan = (random: Random): Plan => (random.chance(REFUSED) ? 'refused' : random.weighted(PLANS));

/** A request under a key that was answered, and the ids in its answer. */
export interface Kept {
  by: Agency;
  ask: Ask;
  status: number;
  ids: string;
}

export interface Case {
  from: Agency;
  to: Agency;
  client: string;
  statements: { id: string; decision: 'GIVEN' | 'WITHDRAWN' }[];
  laufzettel: string;
  entries: string[];
  /** null: it was refused. */
  forwarding: string | null;
  /** The recipient's handle, as it was told; null: it never read. */
  recipientClient: string | null;
  status: string;
  version: number;
  /** Statuses that a step by somebody brought about, in their order. */
  steps: string[];
}

export interface Book {
  cases: Case[];
  kept: Kept[];
  findings: Finding[];
  /** Forwardings that were acknowledged. */
  forwarded: number;
  newKey(): string;
}

interface Teller {
  book: Book;
  random: Random;
}

export async function tellCase(teller: Teller, plan: Plan, seed: number, from: Agency, to: Agency): Promise<void> {
  const { book } = teller;
  const post = (by: Agency, path: string, body: unknown) => keyed(teller, by, { method: 'POST', path, body });
  const client = (await post(from, '/v1/clients', {})).body.id;
  const statements: Case['statements'] = [];
  const say = async (decision: 'GIVEN' | 'WITHDRAWN'): Promise<void> => {
    const about = { recipient: to.id, purpose: 'BERATUNG', categories: CATEGORIES };
    const body = decision === 'GIVEN' ? yes(about) : no(about);
    statements.push({ id: (await post(from, `/v1/clients/${client}/statements`, body)).body.id, decision });
  };
  if (plan !== 'refused') await say('GIVEN');
  const { id: laufzettel, entryIds: entries } = (await post(from, '/v1/laufzettel', sheetOf(client, seed))).body;
  const sent = await post(from, `/v1/laufzettel/${laufzettel}/forwardings`, { recipient: to.id });
  const forwarding: string | null = sent.status === 201 ? sent.body.forwarding.id : null;
  const told: Case = {
    from,
    to,
    client,
    statements,
    laufzettel,
    entries,
    forwarding,
    recipientClient: null,
    status: 'SENT',
    version: 1,
    steps: [],
  };
  if ((forwarding === null) !== (plan === 'refused'))
    book.findings.push(lost('answers', `forwarding ${laufzettel} was answered by ${sent.status} ${sent.body.code}`));
  if (forwarding !== null) {
    book.forwarded += 1;
    await handle(told, plan, post, () => say('WITHDRAWN'));
  }
  book.cases.push(told);
}

type Post = (by: Agency, path: string, body: unknown) => Promise<Answered>;

/** What each plan does once it is sent. A read is part of all but these. */
const UNREAD: readonly Plan[] = ['sent', 'recalled unread', 'withdrawn unread'];
const STEPS: Partial<Record<Plan, [by: 'from' | 'to', path: string, status: string][]>> = {
  accepted: [['to', 'accept', 'ACCEPTED']],
  closed: [
    ['to', 'accept', 'ACCEPTED'],
    ['to', 'progress', 'IN_PROGRESS'],
    ['to', 'answer', 'ANSWERED'],
    ['from', 'close', 'CLOSED'],
  ],
  rejected: [['to', 'reject', 'REJECTED']],
  recalled: [['from', 'recall', 'RECALLED']],
  'recalled unread': [['from', 'recall', 'RECALLED']],
};

async function handle(told: Case, plan: Plan, post: Post, withdraw: () => Promise<void>): Promise<void> {
  const { from, to, forwarding } = told;
  const path = `/v1/forwardings/${forwarding}`;
  if (!UNREAD.includes(plan)) {
    const shown = await to.partner.done({ method: 'GET', path });
    Object.assign(told, { recipientClient: shown.clientId, status: shown.status, version: shown.version });
  }
  for (const [by, step, status] of STEPS[plan] ?? []) {
    const body = { expectedVersion: told.version, ...(step === 'reject' ? { code: 'NO_CAPACITY' } : {}) };
    const answered = (await post(by === 'from' ? from : to, `${path}/${step}`, body)).body;
    const { version } = answered.forwarding ?? answered;
    told.steps.push(status);
    Object.assign(told, { status, version });
  }
  if (!plan.startsWith('withdrawn')) return;
  await withdraw();
  Object.assign(told, { status: 'BLOCKED', version: told.version + 1 });
}

function sheetOf(clientId: string, seed: number): unknown {
  const person = inventPerson(seed);
  const entries = [
    { category: 'STAMMDATEN', payload: person.stammdaten },
    { category: 'KONTAKT', payload: person.kontakt },
  ];
  return { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries };
}

/** Whatever the answer is named by: that does not change when it is rendered anew. */
export const idsOf = ({ status, body }: Answered): string =>
  status < 300
    ? JSON.stringify([body.id ?? body.forwarding?.id, body.entryIds ?? null])
    : JSON.stringify([body.code ?? null]);

/** Sends until it is answered; only success, or a refusal for want of consent, is an answer that a case expects. */
async function keyed({ book, random }: Teller, by: Agency, ask: Omit<Ask, 'key'>): Promise<Answered> {
  const request: Ask = { ...ask, key: book.newKey() };
  const answered = await by.partner.send(request);
  const { status, body } = answered;
  if (status >= 300 && body.code !== 'consent-missing')
    throw new Error(`POST ${ask.path} was answered by ${status} ${body.code}`);
  const kept: Kept = { by, ask: request, status, ids: idsOf(answered) };
  if (random.chance(ASKED_TWICE)) book.findings.push(...(await askAgain(kept)));
  if (random.chance(ASKED_AGAIN_LATER)) book.kept.push(kept);
  return answered;
}

/** The same request is answered the same, and is known to have been answered. */
export async function askAgain({ by, ask, status, ids }: Kept): Promise<Finding[]> {
  const again = await by.partner.send(ask);
  if (again.status === status && idsOf(again) === ids && again.replayed) return [];
  return [lost('answers', `${ask.path} was ${status} ${ids}, and is ${again.status} ${idsOf(again)} when asked again`)];
}
