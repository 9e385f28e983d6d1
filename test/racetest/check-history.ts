/** What a history of calls has to fulfil, whatever came before what. Plain code; it shares nothing with src/. */
import { type Call, type Ended, succeeded, type Violation } from './history.ts';

/** An audit record, as far as it names the call that it is about. */
export interface Audited {
  call: string;
  action: string;
  outcome: string;
  /** The forwarding that it made; null: none. */
  hop: string | null;
  entries: readonly string[];
}

/** The calls of one slice, all about persons whom no other slice is about. */
export function checkHistory(calls: readonly Call[], audits: readonly Audited[]): Violation[] {
  return [
    ...readAfterTheEnd(calls),
    ...forwardedAfterTheEnd(calls),
    ...brokenAnswers(calls),
    ...lostUpdates(calls),
    ...forwardingsNotAuditedOnce(calls, audits),
    ...readingsNotAuditedOnce(calls, audits),
    ...auditedTooLate(calls),
  ];
}

/** Each ending with the calls about the same person that were sent after it had been answered. */
function* afterAnEnd(calls: readonly Call[], act: Call['act']): Generator<{ end: Call; ended: Ended; later: Call }> {
  for (const end of calls) {
    if (end.ended === null || !succeeded(end)) continue;
    for (const later of calls) {
      if (later.act !== act || later.story !== end.story || later.sentAt <= end.answeredAt) continue;
      yield { end, ended: end.ended, later };
    }
  }
}

const among = (places: readonly string[], place: string): boolean => places.includes(place);

function readAfterTheEnd(calls: readonly Call[]): Violation[] {
  const found: Violation[] = [];
  for (const { end, ended, later } of afterAnEnd(calls, 'read')) {
    if (!among(ended.readers, later.by) || (ended.hop !== null && ended.hop !== later.hop)) continue;
    const shown = later.shows.filter((entry) => ended.entries === null || ended.entries.includes(entry));
    if (shown.length === 0) continue;
    const says = `${later.by} read ${shown.join(' ')} after “${end.what}” had been answered`;
    found.push({ rule: 'read after the end', says, calls: [end.id, later.id] });
  }
  return found;
}

function forwardedAfterTheEnd(calls: readonly Call[]): Violation[] {
  const found: Violation[] = [];
  for (const { end, ended, later } of afterAnEnd(calls, 'forward')) {
    if (!among(ended.senders, later.by) || !succeeded(later) || later.replayed) continue;
    // What was sent under the same key before is answered again; it was made then.
    const first = calls.find((call) => call.key !== null && call.key === later.key);
    if (first !== undefined && first.sentAt <= end.answeredAt) continue;
    const says = `${later.by} forwarded after “${end.what}” had been answered`;
    found.push({ rule: 'forwarded after the end', says, calls: [end.id, later.id] });
  }
  return found;
}

const EXPECTED = [0, 200, 201, 403, 404, 409, 412];

/**
 * Under contention a service may ask to try again (503 `overloaded`, nothing done); it breaks nowhere. A code for a link that
 * another ending made useless is 422.
 */
function brokenAnswers(calls: readonly Call[]): Violation[] {
  const expected = ({ status, code, act }: Call): boolean =>
    EXPECTED.includes(status) ||
    (status === 503 && code === 'overloaded') ||
    (status === 422 && act === 'end' && code === 'rule-broken');
  return calls
    .filter((call) => !expected(call))
    .map((call) => ({
      rule: 'a wrong answer',
      says: `“${call.what}” was answered by ${call.status} ${call.code ?? ''}`,
      calls: [call.id],
    }));
}

/** Of the steps that expect one version of one forwarding one at most is taken; an entry is corrected once. */
function lostUpdates(calls: readonly Call[]): Violation[] {
  const found: Violation[] = [];
  const taken = new Map<string, Call>();
  for (const call of calls) {
    if (call.expectedVersion === null || !succeeded(call) || call.replayed) continue;
    const version = `${call.hop} ${call.expectedVersion}`;
    const other = taken.get(version);
    if (other === undefined) taken.set(version, call);
    else {
      const says = `two steps were taken from version ${call.expectedVersion} of ${call.hop}`;
      found.push({ rule: 'a lost update', says, calls: [other.id, call.id] });
    }
  }
  return found;
}

/** Calls as who sends them means them: what repeats an earlier one by its key belongs to it. */
function attempts(calls: readonly Call[]): Call[][] {
  const byKey = new Map<string, Call[]>();
  for (const call of calls) {
    const key = call.key ?? call.id;
    byKey.set(key, [...(byKey.get(key) ?? []), call]);
  }
  return [...byKey.values()];
}

/** A disclosure is 201 to a forwarding, a refusal is 403 `consent-missing`; nothing else is either. */
function forwardingsNotAuditedOnce(calls: readonly Call[], audits: readonly Audited[]): Violation[] {
  const found: Violation[] = [];
  for (const attempt of attempts(calls.filter((call) => call.act === 'forward'))) {
    const ids = attempt.map((call) => call.id);
    const seen = audits.filter((audit) => audit.action === 'forwarding.send' && ids.includes(audit.call));
    const outcomes = seen.map((audit) => audit.outcome).join();
    const answers = new Set(attempt.filter((call) => call.status !== 0).map(outcomeOf));
    // Some of its repeats may have been told that the first is still under way; what counts is what came of it.
    const told = [...answers].filter((outcome) => outcome !== '');
    // Who hung up, and is suspended by the time it asks again, never hears what came of it.
    if (told.length === 0 && seen.length <= 1 && attempt.some((call) => call.status === 0)) continue;
    if (told.length > 1 || outcomes !== (told[0] ?? '')) {
      const says = `answered as ${told.join(' and ') || 'nothing done'}, audited as ${outcomes || 'nothing'}`;
      found.push({ rule: 'a forwarding not audited exactly once', says, calls: ids });
    }
  }
  const known = new Set(calls.map((call) => call.id));
  for (const audit of audits) {
    if (audit.action === 'forwarding.send' && !known.has(audit.call))
      found.push({ rule: 'an audit record of nobody’s forwarding', says: audit.call, calls: [] });
  }
  return found;
}

const outcomeOf = (call: Call): string =>
  succeeded(call) ? 'PERMIT' : call.code === 'consent-missing' ? 'WITHHOLD' : '';

/** Every forwarding that is there was audited as a disclosure once, and every one that was answered is there. */
export function checkForwardings(
  calls: readonly Call[],
  hops: readonly string[],
  audits: readonly Audited[],
): Violation[] {
  const audited = audits
    .flatMap((one) => (one.action === 'forwarding.send' && one.hop !== null ? [one.hop] : []))
    .sort();
  const unheard = hops.toSorted().join() === audited.join() ? [] : [`there are ${hops}, audited are ${audited}`];
  const answered = calls.filter((call) => call.act === 'forward' && succeeded(call)).map((call) => call.hop ?? '');
  const wrong = [...unheard, ...answered.filter((hop) => !hops.includes(hop))];
  return wrong.map((says) => ({ rule: 'a forwarding and its answer', says, calls: [] }));
}

/** Every answer with somebody else's content has one record that names just that content, and no other has one. */
function readingsNotAuditedOnce(calls: readonly Call[], audits: readonly Audited[]): Violation[] {
  const found: Violation[] = [];
  for (const call of calls) {
    if (call.act !== 'read') continue;
    const seen = audits.filter((audit) => audit.action === 'entries.read' && audit.call === call.id);
    // Who hung up may have been shown something.
    if (call.status === 0 && seen.length <= 1) continue;
    const audited = seen.map((audit) => [...audit.entries].sort().join(' ')).join(', ');
    const shown = [...call.shows].sort().join(' ');
    if (audited === shown) continue;
    const says = `shows ${shown || 'nothing'}, audited ${audited || 'nothing'}`;
    found.push({ rule: 'a reading not audited exactly once', says, calls: [call.id] });
  }
  return found;
}

const auditedTooLate = (calls: readonly Call[]): Violation[] =>
  calls
    .filter((call) => call.auditedAtOnce === false)
    .map((call) => ({ rule: 'audited after the answer', says: call.what, calls: [call.id] }));
