/** A conference that has begun, with a Laufzettel on its agenda, minutes and a task, for tests that need one and not its story. */

import { yes } from './consent-bodies.ts';
import { AGENCY, type Exchange } from './exchange.ts';

type Agency = keyof typeof AGENCY;

const ENTRIES = [{ category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira' } }];

/** @param client of the convener's own; a new one unless told. */
export async function heldConference(
  exchange: Pick<Exchange, 'as' | 'sql'>,
  convener: Agency,
  partner: Agency,
  { client }: { client?: string } = {},
): Promise<{ conference: string; discussed: string }> {
  const [mine, theirs] = [await exchange.as(convener), await exchange.as(partner)];
  const done = async (by: typeof mine, path: string, body: object): Promise<{ id: string; version: number }> => {
    const answer = await by.post(path, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const clientId = client ?? (await done(mine, '/v1/clients', {})).id;
  const recipient = AGENCY[partner];
  const purpose = 'FALLBESPRECHUNG';
  await done(mine, `/v1/clients/${clientId}/statements`, yes({ recipient, purpose, categories: ['STAMMDATEN'] }));
  const slip = { clientId, kind: 'FALLBESPRECHUNG', purpose, entries: ENTRIES };
  const { id: discussed } = await done(mine, '/v1/laufzettel', slip);
  await done(mine, `/v1/laufzettel/${discussed}/forwardings`, { recipient });
  const [{ at }] = await exchange.sql('SELECT internal.ms(api.clock_now())::float8 AS at');
  const beginsAt = new Date(at + 3_600_000).toISOString();
  const { id: conference } = await done(mine, '/v1/conferences', { partner: recipient, beginsAt, place: 'ONLINE' });
  const path = `/v1/conferences/${conference}`;
  await done(mine, `${path}/agenda`, { laufzettelId: discussed });
  await done(theirs, `${path}/accept`, { expectedVersion: 1 });
  await done(mine, `${path}/begin`, { expectedVersion: 2 });
  const entry = { category: 'RUECKMELDUNG', payload: { ergebnis: 'ERLEDIGT' } };
  await done(mine, `${path}/minutes`, { laufzettelId: discussed, entry });
  await done(mine, `${path}/tasks`, { aboutLaufzettelId: discussed, kind: 'TERMIN', purpose: 'TERMIN' });
  return { conference, discussed };
}
