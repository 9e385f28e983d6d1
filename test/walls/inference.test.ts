/** What a recipient may infer: nothing about what it does not get. */

import type { Test } from 'tap';
import { v7 as uuidv7 } from 'uuid';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, type PartnerSystem, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  type Agency,
  CONTACT,
  expecting,
  forward,
  MASTER,
  type NewEntry,
  newClient,
  newSlip,
  sayYes,
} from './scenes.ts';
import { transcript } from './transcript.ts';

interface Scene {
  exchange: Exchange;
  sender: PartnerSystem;
  recipient: Agency;
  client: string;
}

/** A second entry beside one that is disclosed, and what keeps it from the recipient. */
interface Withheld {
  name: string;
  from?: Agency;
  to?: Agency;
  entry?: NewEntry | ((scene: Scene) => Promise<NewEntry>);
  before?(scene: Scene): Promise<unknown>;
  send?(entryIds: string[]): Record<string, unknown>;
  /** When it has been sent and nobody has read it. */
  after?(scene: Scene): Promise<unknown>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** For every exchange it is ten o'clock of the next day: pages tell days, and two hours later it is still the same one. */
const AHEAD = DAY - (Date.now() % DAY) + 9 * HOUR;
const says =
  (more: Record<string, unknown>) =>
  ({ sender, recipient, client }: Scene) =>
    sayYes(sender, client, recipient, ['KONTAKT'], more);
const saysNo = async ({ sender, recipient, client }: Scene): Promise<unknown> => {
  const body = no({ discloser: AGENCY.arge, recipient: AGENCY[recipient], categories: ['KONTAKT'] });
  return expecting(201, await sender.post(`/v1/clients/${client}/statements`, body));
};
const withOther =
  (category: string, payload: Record<string, unknown>) =>
  async ({ sender, client }: Scene) => ({
    category,
    payload,
    concerns: [client, await newClient(sender)],
  });

const WAYS: Withheld[] = [
  { name: 'no consent', entry: CONTACT },
  { name: 'a refusal', entry: CONTACT, before: saysNo },
  {
    name: 'a consent for another recipient',
    entry: CONTACT,
    before: ({ sender, client }) => sayYes(sender, client, 'tgsh', ['KONTAKT']),
  },
  { name: 'a consent for another purpose', entry: CONTACT, before: says({ purpose: 'SCHULE' }) },
  {
    name: 'a consent in the wrong form',
    entry: { category: 'GESUNDHEIT', payload: { rehaBedarf: 'BEANTRAGT' } },
    before: ({ sender, recipient, client }) => sayYes(sender, client, recipient, ['GESUNDHEIT'], { form: 'ORAL' }),
  },
  {
    name: 'professional secrecy',
    entry: { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } },
    before: ({ sender, recipient, client }) => sayYes(sender, client, recipient, ['BERATUNGSNOTIZ']),
  },
  {
    name: 'the residence guard',
    from: 'caritas',
    to: 'arge',
    entry: { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'OHNE' } },
    before: ({ sender, recipient, client }) => sayYes(sender, client, recipient, ['AUFENTHALT']),
  },
  {
    name: 'another person who has not agreed',
    entry: withOther('KONTAKT', { telefon: '+49 30 23125 002' }),
    before: says({}),
  },
  {
    name: 'the sender, who did not send it',
    entry: CONTACT,
    before: says({}),
    send: ([first]) => ({ entryIds: [first] }),
  },
  { name: 'a no before the first reading', entry: CONTACT, before: says({}), after: saysNo },
  {
    name: 'time before the first reading',
    entry: CONTACT,
    before: says({ validUntil: new Date(Date.now() + AHEAD + HOUR).toISOString() }),
    after: ({ exchange }) => exchange.advanceClock(AHEAD + 2 * HOUR),
  },
];

async function seenBy(t: Test, way: Withheld): Promise<string> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  await exchange.advanceClock(AHEAD);
  const { from = 'arge', to = 'caritas' } = way;
  const sender = await exchange.as(from);
  const client = await newClient(sender);
  const scene: Scene = { exchange, sender, recipient: to, client };
  await sayYes(sender, client, to, ['STAMMDATEN']);
  await way.before?.(scene);
  const second = typeof way.entry === 'function' ? await way.entry(scene) : way.entry;
  const slip = await newSlip(sender, client, second === undefined ? [MASTER] : [MASTER, second]);
  const hop = await forward(sender, slip.id, to, way.send?.(slip.entryIds) ?? {});
  await way.after?.(scene);
  const [{ clientId: theirs }] = expecting(200, await (await exchange.as(to)).get('/v1/inbox')).body.items;
  const hidden = slip.entryIds[1] ?? uuidv7();
  return transcript(exchange, { recipient: to, theirs, slip: slip.id, hop, hidden });
}

t.test('two records that differ only in withheld data read the same', async (t) => {
  const alone = await seenBy(t, { name: 'one entry, and no other' });
  t.match(alone, 'Erfunden', 'the transcript shows what was disclosed');
  t.match(alone, /"closedEntries":\[\{/);
  t.match(alone, '<html lang="fa" dir="rtl">', 'and the page for the person, printed');
  for (const way of WAYS) {
    await t.test(`withheld by ${way.name}`, async (t) => {
      // A page names both agencies, so that it is held against one of the same two.
      const { from, to } = way;
      const other = from && to ? await seenBy(t, { name: 'one entry, the other way', from, to }) : alone;
      t.equal(await seenBy(t, way), other);
    });
  }
});
