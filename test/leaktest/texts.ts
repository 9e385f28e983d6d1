/** Moves of the consent conversation: texts are made of what is missing, read in every form, and what was ticked is recorded from them. */

import type { Random } from '../support/random.ts';
import { Finding, type KnownText, type Lane } from './lane.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';
import { ALL_CATEGORIES, keyOf } from './people.ts';
import { holders } from './travel.ts';
import { PURPOSES, recordConfirmed, yesOf } from './words.ts';

const LANGUAGES = ['de', 'en', 'tr', 'ru', 'ar', 'uk', 'fa'];
const SPEAKERS: [number, [statedBy: string, ageBand: string]][] = [
  [6, ['PERSON', 'ADULT']],
  [2, ['PERSON', 'FROM_15_TO_17']],
  [1, ['GUARDIAN', 'UNDER_15']],
];
/** There are many, and none of them changes. */
const MOST_SWEPT = 6;
const FORMS = ['application/json', 'text/html', 'text/plain'];

/** For a Laufzettel on its way to somebody, or for lines that somebody thought of. */
function chooseConversation(lane: Lane, random: Random): Record<string, unknown> | null {
  const [statedBy, ageBand] = random.weighted(SPEAKERS);
  const speaking = { statedBy, ageBand, language: random.pick(LANGUAGES), door: door(random), key: random.chance(0.1) };
  const to = random.below(lane.setting.network.partners.length);
  const slips = keysOf(lane.slips, ({ ended }) => !ended);
  if (slips.length > 0 && random.chance(0.75)) {
    const slip = recent(random, slips);
    const by = random.pick(holders(lane, slip));
    const { number } = lane.partner(by);
    const { person } = lane.handleNamed(lane.slips.get(slip)!.client)!;
    const clients = keysOf(lane.handles, ({ handle }) => handle.agency === number && handle.person === person);
    return clients.length === 0 ? null : { client: clients[0], slip, to, ...speaking };
  }
  const clients = keysOf(lane.handles, ({ handle }) => !handle.erased);
  const categories = random.some(ALL_CATEGORIES, 0.2);
  if (clients.length === 0 || categories.length === 0) return null;
  const purpose = random.pick(PURPOSES);
  return { client: random.pick(clients), slip: null, to, purpose, categories, ...speaking };
}

async function converse(lane: Lane, move: Move): Promise<void> {
  const client = lane.handles.get(move.client);
  const slip = move.slip === null ? null : lane.slips.get(move.slip);
  if (client === undefined || slip === undefined) return;
  const by = lane.indexOf(client.handle.agency);
  const recipient = lane.partner(move.to).id;
  const { language, statedBy, ageBand, categories, purpose } = move;
  const what =
    slip === null
      ? { lines: [{ kind: 'CONSENT', recipient, purpose, categories }] }
      : { from: { laufzettelId: slip.id, recipient } };
  const body = { language, statedBy, ageBand, months: 6, ...what };
  const input = { params: { clientId: client.id }, body, door: move.door, ...keyOf(lane, move) };
  const { status, value } = await lane.call(by, 'startConsentConversation', input);
  if (status !== 201) return;
  lane.did('conversation started');
  if (move.key) lane.keyed.set(`k${move.n}`, { by, operation: 'startConsentConversation', input, at: lane.now });
  for (const [index, text] of value.texts.entries()) {
    lane.did(`text ${text.kind}`);
    lane.texts.set(`t${move.n}${index === 0 ? '' : 'b'}`, knownText(lane, by, move.client, text));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an answer, of which this takes what it needs
function knownText(lane: Lane, by: number, client: string, text: any): KnownText {
  const { id, kind, language, statedBy, ageBand, textHash } = text;
  const indexOf = (agency: string): number => lane.setting.network.partners.findIndex((one) => one.id === agency);
  return {
    ...{ id, by, client, kind, language, statedBy, ageBand, textHash },
    validUntil: Date.parse(text.validUntil),
    lines: text.lines.map((one: { recipient: string; purpose: string | null; categories: string[] }) => ({
      to: indexOf(one.recipient),
      purpose: one.purpose,
      categories: one.categories,
    })),
    recorded: false,
  };
}

/** A yes from a line of the text; beyond what it asks for nothing is taken. */
async function recordFrom(lane: Lane, move: Move): Promise<void> {
  const text = lane.texts.get(move.text);
  const client = text && lane.handles.get(text.client);
  if (text === undefined || client === undefined || client.handle.erased || text.validUntil <= lane.now) return;
  const line = text.lines[move.line % text.lines.length]!;
  const { language, statedBy, ageBand, textHash } = text;
  const beyond = ALL_CATEGORIES.find((one) => !line.categories.includes(one));
  const isBeyond = move.beyond && beyond !== undefined;
  const categories = isBeyond ? [...line.categories, beyond] : line.categories;
  const lasts = text.validUntil - lane.now;
  const plain = { statedAgo: 0, beginsIn: 0, lasts, form: 'WRITTEN', explicit: true, capacity: true };
  const said = { ...plain, statedBy, ageBand, categories };
  const { yes, line: named, sheet } = yesOf(lane, said, client.handle, text.by, line.to, line.purpose);
  const proof = { language, textHash, evidenceRef: lane.newProof(text.by) };
  const body = { decision: 'GIVEN', ...named, ...sheet, ...proof };
  const operation = text.kind === 'CONSENT' ? 'recordStatement' : 'recordRelease';
  const input = { params: { clientId: client.id }, body };
  const { outcome } = await recordConfirmed(lane, text.by, operation, input);
  if (isBeyond && outcome.status === 201)
    throw new Finding('leak', `more was recorded from ${move.text} than it asks for`);
  if (outcome.status !== 201) return lane.did('refused from a text');
  lane.did('recorded from a text');
  text.recorded = true;
  (text.kind === 'CONSENT' ? lane.oracle.statements : lane.oracle.releases).push(yes);
  lane.oracle.settle();
}

export const texts: Record<string, Kind> = {
  conversation: {
    weight: 6,
    choose: chooseConversation,
    perform: converse,
    tell: (move, name) =>
      `the agency of ${move.client} makes a text t${move.n} in ${move.language} for ${move.statedBy}, ${move.ageBand}, to ${name(move.to)}: ` +
      `${move.slip === null ? move.categories : `what ${move.slip} lacks`}`,
  },
  recordFrom: {
    weight: 6,
    choose(lane, random) {
      const all = keysOf(lane.texts);
      if (all.length === 0) return null;
      return { text: recent(random, all), line: random.below(10), beyond: random.chance(0.15) };
    },
    perform: recordFrom,
    tell: (move) => `${move.text} is signed, line ${move.line}${move.beyond ? ', and more than it asks for' : ''}`,
  },
};

export const lookTexts: Record<string, Kind> = {
  readText: {
    weight: 5,
    choose(lane, random) {
      const all = keysOf(lane.texts);
      if (all.length === 0) return null;
      const text = recent(random, all);
      const by = random.chance(0.7) ? lane.texts.get(text)!.by : random.below(lane.setting.network.partners.length);
      return { text, by, as: random.pick(FORMS) };
    },
    async perform(lane, move) {
      if (lane.texts.has(move.text)) await readText(lane, move.by, move.text, move.as);
    },
    tell: (move, name) => `${name(move.by)} reads ${move.text} as ${move.as}`,
  },
};

/** Its maker gets it, as long as the client is there and it has not ended unsigned; nobody else ever. */
export async function readText(lane: Lane, by: number, name: string, as: string): Promise<void> {
  const text = lane.texts.get(name)!;
  const answer = await lane.page(by, 'getConsentText', as, { params: { consentTextId: text.id } });
  lane.setting.counts.reads += 1;
  const what = `${name}, read by ${lane.nameOf(by)},`;
  if (answer.status === 200 && (by !== text.by || lane.isSuspended(by))) throw new Finding('leak', `${what} was shown`);
  if (by !== text.by || lane.isSuspended(by)) return;
  const { erased } = lane.handleNamed(text.client)!;
  // One that has ended unsigned is forgotten when the clock job comes.
  const surely = !erased && (text.recorded || lane.now < text.validUntil);
  if (erased && answer.status === 200) throw new Finding('leak', `${what} was shown, and its client is erased`);
  if (surely && answer.status !== 200) throw new Finding('miss', `${what} answered ${answer.status}`);
}

export async function sweepTexts(lane: Lane): Promise<void> {
  const many = lane.setting.network.partners.length;
  for (const [index, [name, { by }]] of [...lane.texts].slice(-MOST_SWEPT).entries()) {
    const form = FORMS[index % FORMS.length]!;
    await readText(lane, index % 2 === 0 ? by : (by + 1) % many, name, form);
  }
}
