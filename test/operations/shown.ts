/** Everything that an agency is shown without reading content, by what it asks for; the directory of agencies aside, which is everybody's. */
import type { PartnerSystem } from '../support/exchange.ts';

const LISTS = [
  ...[
    'clients',
    'open-clients',
    'laufzettel',
    'inbox',
    'sent',
    'owed-answers',
    'unacknowledged',
    'waiting',
    'agreements',
    'conferences',
    'plans',
  ],
  ...[
    'requests?direction=SENT',
    'requests?direction=RECEIVED',
    'proposals?direction=SENT',
    'proposals?direction=RECEIVED',
  ],
];
const OF_CLIENT = ['disclosures', 'closures', 'statements', 'releases', 'links', 'link-codes'];

export type Shown = ReadonlyMap<string, string>;

export async function shownTo(system: PartnerSystem, agencyId: string): Promise<Shown> {
  const shown = new Map<string, string>();
  // biome-ignore lint/suspicious/noExplicitAny: any answer of the service
  const ask = async (path: string): Promise<any> => {
    const { status, body } = await system.get(`/v1/${path}${path.includes('?') ? '&' : '?'}limit=200`);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (body.nextCursor) throw new Error(`${path} has more than one page`);
    shown.set(path, JSON.stringify(body));
    return body;
  };
  const one = async (path: string): Promise<void> => void shown.set(path, (await system.get(`/v1/${path}`)).text);
  for (const list of LISTS) await ask(list);
  await one(`agencies/${agencyId}/systems`);
  const items = (path: string): { id: string }[] => JSON.parse(shown.get(path)!).items;
  const entries = new Set<string>();
  for (const { id } of items('clients')) {
    for (const list of OF_CLIENT) {
      const body = await ask(`clients/${id}/${list}`);
      if (list === 'disclosures') for (const row of body.items) entries.add(row.entryId);
    }
  }
  for (const { id } of items('sent')) await one(`forwardings/${id}`);
  for (const { id } of items('conferences')) await one(`conferences/${id}`);
  for (const id of entries) await ask(`entries/${id}/hops`);
  return shown;
}

/** What is shown otherwise than before, or no more, or anew. */
export const changed = (before: Shown, after: Shown): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
