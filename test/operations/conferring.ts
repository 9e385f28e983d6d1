/** What the stories of conferences share: two agencies that may hold one, and a case that was sent for it. */
import type { Category, Purpose } from '../../src/domain/catalogue.ts';
import type { System } from '../support/both-doors.ts';
import type { Exchange } from '../support/exchange.ts';
import { type Admitted, admit, agree, type Case, forward, instant, openCase, sayYes } from './world.ts';

const PURPOSES: Purpose[] = ['FALLBESPRECHUNG', 'BERATUNG', 'TERMIN'];
const CATEGORIES: Category[] = ['STAMMDATEN', 'KONTAKT', 'RUECKMELDUNG', 'TERMIN', 'BERATUNGSNOTIZ', 'FAMILIE'];

/** Two agencies with an agreement for conferences. */
export async function pair(
  exchange: Exchange,
  door: System['door'],
  more: object = {},
): Promise<{ one: Admitted; other: Admitted; agreementId: string }> {
  const one = await admit(exchange, door);
  const other = await admit(exchange, door);
  const agreementId = await agree([one, other], { purposes: PURPOSES, categories: CATEGORIES, ...more });
  return { one, other, agreementId };
}

/** Of the exchange's clock. */
export async function now(exchange: Exchange): Promise<number> {
  const [{ at }] = await exchange.sql('SELECT internal.ms(api.clock_now())::float8 AS at');
  return at;
}

const HOUR_MS = 3_600_000;

export async function plan(exchange: Exchange, by: System, partner: string, more: object = {}) {
  const beginsAt = instant((await now(exchange)) + HOUR_MS);
  return by.done('planConference', { body: { partner, beginsAt, place: 'ONLINE', ...more } });
}

/** A case for a conference that went to the recipient with the client's consent. */
export async function sendForConference(
  by: System,
  recipient: string,
  categories: Category[] = ['STAMMDATEN'],
): Promise<Case & { forwardingId: string }> {
  const sent = await openCase(by, categories, { kind: 'FALLBESPRECHUNG', purpose: 'FALLBESPRECHUNG' });
  await sayYes(by, sent.clientId, { recipient, categories, purpose: 'FALLBESPRECHUNG' });
  const outcome = await forward(by, sent, recipient);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { ...sent, forwardingId: outcome.value.forwarding.id };
}

export const get = (by: System, conferenceId: string) => by.done('getConference', { params: { conferenceId } });

type Step = 'acceptConference' | 'declineConference' | 'cancelConference' | 'beginConference' | 'endConference';

/** From the version that it has now. */
export async function step(by: System, id: Step, conferenceId: string) {
  const { version } = await get(by, conferenceId);
  return by.done(id, { params: { conferenceId }, body: { expectedVersion: version } });
}

export const put = (by: System, conferenceId: string, { laufzettelId }: { laufzettelId: string }) =>
  by.done('addToAgenda', { params: { conferenceId }, body: { laufzettelId } });

/** The Laufzettel on its agenda. */
export const onAgenda = async (by: System, conferenceId: string): Promise<string[]> =>
  (await get(by, conferenceId)).agenda.map((item: { laufzettelId: string }) => item.laufzettelId);

/** Types of the events about it that the reader was told, oldest first. */
export async function toldOf(exchange: Exchange, agency: string, conferenceId: string): Promise<string[]> {
  const rows = await exchange.sql(
    `SELECT type FROM event WHERE agency_id = $1 AND subject = jsonb_build_object('conferenceId', $2::text) ORDER BY at, id`,
    [agency, conferenceId],
  );
  return rows.map(({ type }) => type.replace('conference.', ''));
}
