/** Each agency's feed: whole, the same to whoever reads it, and of what was done and of nothing else. */
import type { Book, Case } from './case.ts';
import { readAfresh, type Seen } from './feed-reader.ts';
import { type Finding, invented, lost, reconcile } from './findings.ts';
import type { Agency, World } from './world.ts';

export async function checkFeed({ cases }: Book, world: World): Promise<{ findings: Finding[]; events: number }> {
  const findings: Finding[] = [];
  const there: string[] = [];
  let events = 0;
  for (const agency of world) {
    const afresh = await readAfresh(agency.partner);
    findings.push(...numbered(agency, 'a fresh reader', afresh), ...numbered(agency, 'its reader', agency.reader.seen));
    findings.push(...reconcile('feed', afresh.map(bytesOf(agency)), agency.reader.seen.map(bytesOf(agency))));
    const ofCases = afresh.filter(({ sequence }) => Number(sequence) > agency.base);
    there.push(...ofCases.map(({ text }) => lineOf(agency, text)));
    events += ofCases.length;
  }
  return { findings: [...findings, ...reconcile('feed', cases.flatMap(eventsOf), there)], events };
}

/** From 1 on, one after the other. */
function numbered({ id }: Agency, who: string, seen: readonly Seen[]): Finding[] {
  const findings: Finding[] = [];
  for (const [place, { sequence }] of seen.entries()) {
    const before = Number(seen[place - 1]?.sequence ?? 0);
    if (Number(sequence) > before + 1)
      findings.push(lost('feed', `between ${before} and ${sequence} of ${id}, to ${who}`));
    if (Number(sequence) <= before) findings.push(invented('feed', `${sequence} after ${before} of ${id}, to ${who}`));
  }
  return findings;
}

const bytesOf =
  ({ id }: Agency) =>
  ({ text }: Seen): string =>
    `event of ${id}: ${text}`;

function lineOf({ id }: Agency, text: string): string {
  const { type, data } = JSON.parse(text);
  return `event ${type} to ${id} of ${data.forwardingId ?? data.statementId ?? Object.values(data)} ${data.entryId ?? ''}`;
}

/** What has to be told, of one case. */
function eventsOf({ from, to, entries, forwarding, recipientClient, status, steps, statements }: Case): string[] {
  if (forwarding === null) return [];
  const isRead = recipientClient !== null;
  const isBlocked = status === 'BLOCKED';
  const tell = (type: string, agency: Agency, entry = ''): string =>
    `event ${type} to ${agency.id} of ${forwarding} ${entry}`;
  const closed = (agency: Agency): string[] => entries.map((entry) => tell('disclosure.closed', agency, entry));
  return [
    tell('forwarding.received', to),
    ...(isRead ? [tell('forwarding.delivered', from)] : []),
    ...steps.map((step) => tell(`forwarding.${step.toLowerCase()}`, ['CLOSED', 'RECALLED'].includes(step) ? to : from)),
    ...(isBlocked ? [tell('forwarding.blocked', from), tell('forwarding.blocked', to)] : []),
    // Who had read it owes an answer; its sender is told when somebody else closed it.
    ...(isRead && (isBlocked || ['RECALLED', 'REJECTED'].includes(status)) ? closed(to) : []),
    ...(status === 'REJECTED' ? closed(from) : []),
    // A no to everybody is shown to whoever has a handle, as its recipient has from the sending on.
    ...statements
      .filter(({ decision }) => decision === 'WITHDRAWN')
      .map(({ id }) => `event statement.recorded to ${to.id} of ${id} `),
  ];
}
