/**
 * Where an operation of the contract meets its use case: parsed input in, view out. Both doors call these same functions.
 * One file an area; here they come together.
 */
import { answersWhole } from '../contract/changes.ts';
import type { Conditions } from '../contract/conditions.ts';
import { MOST_WAIT_SECONDS } from '../contract/events.ts';
import { hasTag, type Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { Answered, type Handlers, type OperationHandler, type ParsedInput } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { actorOf, notFound } from '../usecases/answer.ts';
import { once } from '../usecases/once.ts';
import {
  type Actor,
  AgencySuspended,
  ChangedMeanwhile,
  type Deps,
  NotOwnClient,
  RequestNotFulfilled,
  StoreUnavailable,
  TakenOver,
} from '../usecases/ports.ts';
import { notFulfilled } from '../usecases/requests.ts';
import { agencyHandlers } from './agencies.ts';
import { agreementHandlers } from './agreements.ts';
import { clientHandlers } from './clients.ts';
import { closureHandlers } from './closures.ts';
import { conferenceHandlers } from './conferences.ts';
import { consentHandlers } from './consent.ts';
import { consentTextHandlers } from './consent-texts.ts';
import { correctionHandlers } from './corrections.ts';
import { entryHandlers } from './entries.ts';
import { erasureHandlers } from './erasure.ts';
import { eventHandlers } from './events.ts';
import { forwardingHandlers } from './forwardings.ts';
import { handlingHandlers } from './handling.ts';
import type { AllRuns, Context, Waiting } from './kit.ts';
import { laufzettelHandlers } from './laufzettel.ts';
import { perAgency } from './limits.ts';
import { linkingHandlers } from './linking.ts';
import { ownPageHandlers } from './own-page.ts';
import { planHandlers } from './plans.ts';
import { proposalHandlers } from './proposals.ts';
import { requestHandlers } from './requests.ts';
import { roundHandlers } from './rounds.ts';
import { systemHandlers } from './systems.ts';
import { inTime, type TimeLimit, TookTooLong } from './time-limit.ts';
import { unacknowledgedHandlers } from './unacknowledged.ts';
import { tagsOf, type ViewTags } from './view-tags.ts';
import { waitingHandlers } from './waiting.ts';
import { webhookHandlers } from './webhooks.ts';

export interface HandlerOptions extends TimeLimit {
  publicUrl: string;
  previewsPerMinute: number;
}

export function createHandlers(deps: Deps, limits: HandlerOptions): Handlers {
  const { publicUrl } = limits;
  const context: Context = { deps, publicUrl, previews: perAgency(limits.previewsPerMinute, 60) };
  const runs: AllRuns = {
    ...agencyHandlers(context),
    ...systemHandlers(context),
    ...agreementHandlers(context),
    ...clientHandlers(context),
    ...erasureHandlers(context),
    ...linkingHandlers(context),
    ...consentHandlers(context),
    ...consentTextHandlers(context),
    ...proposalHandlers(context),
    ...entryHandlers(context),
    ...correctionHandlers(context),
    ...laufzettelHandlers(context),
    ...forwardingHandlers(context),
    ...handlingHandlers(context),
    ...closureHandlers(context),
    ...unacknowledgedHandlers(context),
    ...ownPageHandlers(context),
    ...requestHandlers(context),
    ...planHandlers(context),
    ...waitingHandlers(context),
    ...roundHandlers(context),
    ...conferenceHandlers(context),
    ...eventHandlers(context),
    ...webhookHandlers(context),
  };
  const tags = tagsOf(deps, runs);
  return Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation.id,
      guarded(inTime(handlerOf(operation, runs[operation.id], deps, tags), timeLimitOf(operation, limits))),
    ]),
  ) as unknown as Handlers;
}

/** Whatever is asked for, with the end of the caller's token for what may be waited for. */
function runOf(entry: AllRuns[keyof AllRuns]): Waiting['wait'] {
  if (typeof entry === 'function') return entry;
  return 'wait' in entry ? entry.wait : entry.run;
}

const timeLimitOf = ({ waits }: Operation, limits: TimeLimit): TimeLimit =>
  waits ? { ...limits, handlerTimeoutMs: limits.handlerTimeoutMs + MOST_WAIT_SECONDS * 1000 } : limits;

/** An operation as a caller's headers may ask for it: once, from the version that was seen, with the tag of the answer. */
function handlerOf(operation: Operation, entry: AllRuns[keyof AllRuns], deps: Deps, tags: ViewTags): OperationHandler {
  const run = runOf(entry);
  const replay = typeof entry === 'object' && 'replay' in entry ? entry.replay : null;

  async function answer(actor: Actor, input: ParsedInput, until: number, { key, ifMatch }: Conditions) {
    // Once the key has been looked up: what the first of two did changes the tag, and the second one gets its answer all the same.
    const fromSeen = async (acting: Actor): Promise<unknown> => {
      if (ifMatch === undefined) return run(acting, input, until);
      const seen = await tags.match(operation, actor, input, ifMatch);
      return isProblem(seen) ? seen : run(acting, seen, until);
    };
    if (key === undefined) return { answer: await fromSeen(actor), replayed: false };
    const content = { operation: operation.id, ...input };
    return once<unknown>(
      deps,
      actor,
      { key, content },
      { run: fromSeen, replay: replay && ((effect) => replay(actor, effect, input)) },
    );
  }

  return async (caller, input, conditions = {}) => {
    const actor = actorOf(caller);
    const { answer: output, replayed } = await answer(actor, input, caller.expiresAt, conditions);
    const isTagged =
      conditions.wantsTag === true && !isProblem(output) && (hasTag(operation) || answersWhole(operation));
    return new Answered(output, { replayed, tag: isTagged ? tags.of(operation, actor, output) : null });
  };
}

function guarded(handler: OperationHandler): OperationHandler {
  return async (caller: Caller, input, conditions) => {
    try {
      return await handler(caller, input, conditions);
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome !== null) return outcome;
      throw error;
    }
  };
}

/** What every use case may meet, told the same way; null: nobody expected it. */
export function outcomeOf(error: unknown): Problem | null {
  if (error instanceof AgencySuspended) {
    return problem('agency-suspended', 'Your agency is suspended, or is none of this exchange. Ask its admin.');
  }
  if (error instanceof ChangedMeanwhile) {
    return problem('overloaded', 'What you asked for changed again and again meanwhile. Try again.');
  }
  // It was erased in that very moment; unknown, foreign and erased are the same.
  if (error instanceof NotOwnClient) return notFound('client');
  if (error instanceof RequestNotFulfilled) return notFulfilled(error);
  if (error instanceof TookTooLong) return tookTooLong;
  // It is told of in the log, where it was met.
  if (error instanceof StoreUnavailable || error instanceof TakenOver) return storeUnavailable;
  return null;
}

const tookTooLong = problem(
  'overloaded',
  'This took too long. Before you send a change again, read whether it was made.',
  { extra: { retryAfterSeconds: 5 } },
);

const storeUnavailable = problem(
  'overloaded',
  'The database does not answer. Before you send a change again, read whether it was made.',
  { extra: { retryAfterSeconds: 5 } },
);
