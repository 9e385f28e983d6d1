/** Asking another agency for a Laufzettel about one's client, and what comes of it. */
import type { Reason } from '../domain/facts.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import {
  type Asking,
  allowedRequestActions,
  type DeclineCode,
  endsOfRequest,
  type RequestAction,
  type RequestStatus,
  reasonsAgainstAsking,
  requestTransition,
} from '../domain/request.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, ClosingTransaction, Deps, NewRequest, RequestNotFulfilled, RequestRecord } from './ports.ts';

export type RequestInput = Pick<NewRequest, 'clientId' | 'kind' | 'purpose' | 'urgency' | 'dueDate'> & {
  agencyId: string;
};

/** Not asked, with what there is to say and to keep about why. */
interface NotAsked {
  refusal: Problem;
  reasons: readonly Reason[];
  at: number;
}

/** A refusal is a value, so its audit record is kept, in a statement of its own: of the transaction nothing stays. */
export async function createRequest(deps: Deps, actor: Actor, input: RequestInput): Promise<Answer<RequestRecord>> {
  const asked = await deps.closing.run<string | Problem | NotAsked>(async (tx) => {
    const value = await ask(deps, tx, actor, input);
    return { commit: typeof value === 'string', value };
  });
  if (typeof asked === 'string') return getRequest(deps, actor, asked);
  if (isProblem(asked)) return asked;
  const subject = { ...subjectOf(input), reasons: asked.reasons };
  await deps.audit.note(actor, 'request.create', 'WITHHOLD', subject, asked.at);
  return asked.refusal;
}

async function ask(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  { agencyId, ...input }: RequestInput,
): Promise<string | Problem | NotAsked> {
  const locked = await tx.lockAsking(actor, input.clientId, agencyId);
  if (locked === null) return notFound('client');
  const asker = agencyOf(actor);
  if (agencyId === asker || !locked.askedKnown) {
    const detail = agencyId === asker ? 'must be another agency than your own' : 'no agency of this exchange';
    return problem('rule-broken', 'It cannot be asked there.', { errors: [{ pointer: '/agencyId', detail }] });
  }
  const { at, person, told, facts } = locked;
  const asking: Asking = { asker, asked: agencyId, person, purpose: input.purpose, told };
  const reasons = reasonsAgainstAsking(asking, facts, at);
  if (reasons.length > 0) return { refusal: askingRefused(asking, reasons), reasons, at };
  const id = deps.newId();
  const ends = endsOfRequest(asking, facts, at);
  const subject = { request: id, ...subjectOf({ agencyId, ...input }) };
  await tx.createRequest(actor, { ...input, id, to: agencyId, at, ...ends, subject });
  return id;
}

const subjectOf = ({ agencyId, clientId, purpose }: Pick<RequestInput, 'agencyId' | 'clientId' | 'purpose'>) => ({
  client: clientId,
  agency: agencyId,
  purpose,
});

type Told = Pick<Asking, 'asker' | 'asked' | 'purpose'>;

export const askingRefused = (telling: Told, reasons: readonly Reason[]): Problem =>
  problem(
    'consent-missing',
    'Nothing was asked: that agency would learn who is your client, and the client has not agreed to that.',
    { extra: refusedBy(telling, reasons) },
  );

/** Here who declines is the one that tells. */
export const decliningRefused = (telling: Told, reasons: readonly Reason[]): Problem =>
  problem(
    'consent-missing',
    'Nothing was declined: the agency that asks would learn who is your client, and the client has not agreed to that. Leave the request alone, and it expires.',
    { extra: refusedBy(telling, reasons) },
  );

const refusedBy = ({ asker, asked, purpose }: Told, reasons: readonly Reason[]) => ({
  withheld: [{ category: 'STAMMDATEN', reasons }],
  missingCore: ['STAMMDATEN'],
  // What a consent would have to name; a yes names all four.
  scope: { discloser: asker, recipient: asked, purpose },
});

export async function getRequest(deps: Deps, actor: Actor, requestId: string): Promise<Answer<RequestRecord>> {
  return (await deps.requests.get(actor, requestId)) ?? notFound('request');
}

export const listRequests = (
  deps: Deps,
  actor: Actor,
  { direction, status = null, ...query }: PageQuery & { direction: 'RECEIVED' | 'SENT'; status?: RequestStatus | null },
): Promise<Answer<Page<RequestRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `requests:${direction}:${status ?? ''}`,
    load: (after, most) => deps.requests.list(actor, { received: direction === 'RECEIVED', status }, after, most),
    positionOf: (request) => ({ at: request.createdAt, id: request.id }),
  });

export const declineRequest = (
  deps: Deps,
  actor: Actor,
  requestId: string,
  { expectedVersion, code }: { expectedVersion: number; code: DeclineCode },
): Promise<Answer<RequestRecord>> => step(deps, actor, requestId, expectedVersion, { action: 'DECLINE', code });

export const withdrawRequest = (
  deps: Deps,
  actor: Actor,
  requestId: string,
  { expectedVersion }: { expectedVersion: number },
): Promise<Answer<RequestRecord>> => step(deps, actor, requestId, expectedVersion, { action: 'WITHDRAW', code: null });

async function step(
  deps: Deps,
  actor: Actor,
  requestId: string,
  expectedVersion: number,
  { action, code }: { action: RequestAction; code: DeclineCode | null },
): Promise<Answer<RequestRecord>> {
  const present = await deps.requests.get(actor, requestId);
  if (present === null) return notFound('request');
  if (present.version !== expectedVersion) return stale(present.version);
  const role = present.to === actor.agency ? 'ASKED' : 'ASKER';
  const status = requestTransition(present.status, action, role);
  if (status === null) {
    return problem('transition-illegal', `${action} is not possible from ${present.status}.`, {
      extra: { currentStatus: present.status, allowed: allowedRequestActions(present.status, role) },
    });
  }
  const next = { status, declineCode: code };
  const stepped =
    action === 'DECLINE'
      ? await decline(deps, actor, present, next)
      : await deps.requests.step(actor, requestId, expectedVersion, next);
  return stepped ?? stale(present.version + 1);
}

/**
 * Who declines tells the asker that it knows the client: that needs what telling the client's STAMMDATEN needs, unless the asker
 * knows it already. A refusal is noted as one of asking is.
 */
async function decline(
  deps: Deps,
  actor: Actor,
  { id, clientId, from: asked, purpose, version }: RequestRecord,
  next: { status: RequestStatus; declineCode: DeclineCode | null },
): Promise<Answer<RequestRecord> | null> {
  const declined = await deps.closing.run<Answer<RequestRecord> | NotAsked | null>(async (tx) => {
    const locked = await tx.lockAsking(actor, clientId, asked);
    if (locked === null) return { commit: false, value: notFound('request') };
    const { at, person, known, facts } = locked;
    const telling = { asker: agencyOf(actor), asked, person, purpose, told: false };
    const reasons = known ? [] : reasonsAgainstAsking(telling, facts, at);
    if (reasons.length > 0)
      return { commit: false, value: { refusal: decliningRefused(telling, reasons), reasons, at } };
    return { commit: true, value: await tx.stepRequest(actor, id, version, next) };
  });
  if (declined === null || !('refusal' in declined)) return declined;
  const subject = { request: id, ...subjectOf({ agencyId: asked, clientId, purpose }), reasons: declined.reasons };
  await deps.audit.note(actor, 'request.step', 'WITHHOLD', subject, declined.at);
  return declined.refusal;
}

const stale = (version: number): Problem =>
  problem('version-stale', 'The request has changed since you read it. Read it again.', {
    extra: { currentVersion: version },
  });

/** For a forwarding that named a request which it cannot fulfil; nothing of it was sent. */
export function notFulfilled({ why }: RequestNotFulfilled): Problem {
  switch (why) {
    case 'unknown':
      return notFound('request');
    case 'other':
      return problem('rule-broken', 'The request came from another agency, or is about another client.', {
        errors: [{ pointer: '/requestId', detail: 'no request of this recipient about this client' }],
      });
    case 'ended':
      return problem('transition-illegal', 'Nothing was sent: the request is not open any more. Read it again.', {
        extra: { allowed: [] },
      });
  }
}

const REQUESTS_AT_ONCE = 200;

/** The clock job: writes down what time has ended. Reads do not wait for it. @returns how many it were. */
export const expireRequests = (deps: Deps): Promise<number> => deps.requests.expire(REQUESTS_AT_ONCE);
