/** What happens to an agreement after it was signed: somebody proposes new terms, all sign them one by one, one leaves. */
import type { Random } from '../support/random.ts';
import { signedBody } from '../support/signing.ts';
import type { Party } from './decide.ts';
import type { KnownAgreement, Network } from './lane.ts';
import type { Administer, Turn } from './network.ts';
import { ALL_CATEGORIES } from './people.ts';
import type { Tested } from './service.ts';
import { PURPOSES } from './words.ts';

const DAY = 86_400_000;
const TERMS = { turnus: null, daysToRemind: 3, daysToAccept: 14, daysToAnswer: 28, daysToAcknowledge: 14 };

const isBound = (party: Party): boolean => party.signedAt !== null && party.leftAt === null;
export const boundTo = ({ agreement }: KnownAgreement): number[] =>
  agreement.parties.filter(isBound).map((one) => one.agency);
/** Whether it holds, and something of it can still be changed. */
export const holds = ({ agreement }: KnownAgreement, now: number): boolean =>
  agreement.terminatedAt === null && (agreement.until === null || now < agreement.until);

/** Which of these turns could be taken, with their weights. */
export function chooseAmending(network: Network, random: Random): [number, Turn][] {
  const { now, agencies } = network.world;
  const suspended = agencies.filter((one) => one.suspended).map((one) => one.number);
  const indexOf = (number: number): number => network.partners.findIndex((one) => one.number === number);
  const turns: [number, Turn][] = [];
  const living = [...network.agreements].filter(([, one]) => holds(one, now) && boundTo(one).length > 0);
  const settled = living.filter(([, one]) => one.open === null);
  if (settled.length > 0) {
    const [agreement, known] = random.pick(settled);
    const free = boundTo(known).filter((one) => !suspended.includes(one));
    const by = free.length === 0 || random.chance(0.2) ? null : indexOf(random.pick(free));
    const guests = random.some(
      network.partners.map((_, index) => index),
      0.15,
    );
    const terms = {
      purposes: random.some(PURPOSES, 0.92),
      categories: random.some(ALL_CATEGORIES, 0.94),
      until: random.chance(0.15) ? random.below(60 * DAY) + 1 : null,
    };
    turns.push([1.6, { do: 'amend', agreement, by, guests, ...terms }]);
  }
  for (const [agreement, known] of living) {
    const { open } = known;
    if (open === null) continue;
    const able = open.parties.filter(
      (one) => !open.signed.includes(one) && !open.gone.includes(one) && !suspended.includes(one),
    );
    if (able.length > 0) turns.push([9, { do: 'sign', agreement, agency: indexOf(random.pick(able)) }]);
    turns.push([0.4, { do: 'withdraw', agreement }]);
  }
  const many = living.filter(([, one]) => boundTo(one).length > 2);
  if (many.length > 0) {
    const [agreement, known] = random.pick(many);
    const able = boundTo(known).filter((one) => !suspended.includes(one));
    if (able.length > 0) turns.push([0.5, { do: 'leave', agreement, agency: indexOf(random.pick(able)) }]);
  }
  return turns;
}

export const AMENDING: readonly string[] = ['amend', 'sign', 'withdraw', 'leave'];

/** Does it at the service and in the world. What it needs may be missing when turns were left out before it: then it is nothing. */
export async function amending(tested: Tested, network: Network, turn: Turn, ask: Administer): Promise<void> {
  const known = network.agreements.get(turn.agreement);
  if (known === undefined || !holds(known, network.world.now)) return;
  if (turn.do === 'amend') return amend(network, known, turn, ask);
  if (turn.do === 'sign') return sign(tested, network, known, turn, ask);
  if (turn.do === 'leave') return leave(network, known, turn, ask);
  if (known.open === null) return;
  await ask(await network.admin(), `/v1/agreements/${known.id}/withdraw-amendment`, undefined);
  known.open = null;
}

async function amend(network: Network, known: KnownAgreement, turn: Turn, ask: Administer): Promise<void> {
  const { now } = network.world;
  const partner = turn.by === null ? null : network.partners[turn.by]!;
  if (known.open !== null || boundTo(known).length === 0 || turn.purposes.length === 0 || turn.categories.length === 0)
    return;
  if (partner !== null && (!boundTo(known).includes(partner.number) || isSuspended(network, partner.number))) return;
  const staying = known.agreement.parties.filter((one) => one.leftAt === null).map((one) => one.agency);
  const guests = (turn.guests as number[]).map((index) => network.partners[index]!.number);
  const parties = [...new Set([...staying, ...guests])];
  if (parties.length < 2) return;
  const until: number | null = turn.until === null ? null : now + turn.until;
  const terms = {
    title: `Kooperationsvereinbarung, Fassung ${known.versions + 1}`,
    parties: parties.map((one) => network.partners.find(({ number }) => number === one)!.id),
    purposes: turn.purposes,
    categories: turn.categories,
    until: until === null ? null : new Date(until).toISOString(),
    ...TERMS,
  };
  const token = partner === null ? await network.admin() : await partner.token();
  await ask(token, `/v1/agreements/${known.id}/amend`, terms);
  known.versions += 1;
  const { purposes, categories } = turn;
  known.open = { number: known.versions, by: turn.by, parties, purposes, categories, until, signed: [], gone: [] };
}

const isSuspended = ({ world }: Network, number: number): boolean =>
  world.agencies.some((one) => one.number === number && one.suspended);

async function sign(
  tested: Tested,
  network: Network,
  known: KnownAgreement,
  turn: Turn,
  ask: Administer,
): Promise<void> {
  const { open } = known;
  const partner = network.partners[turn.agency]!;
  const { now } = network.world;
  if (open === null || !open.parties.includes(partner.number)) return;
  if (open.signed.includes(partner.number) || open.gone.includes(partner.number)) return;
  if (isSuspended(network, partner.number) || (open.until !== null && open.until <= now)) return;
  const token = await partner.token();
  const body = await signedBody({ url: tested.url, token }, known.id, open.number, partner.key);
  await ask(token, `/v1/agreements/${known.id}/sign`, body);
  open.signed.push(partner.number);
  takeEffect(known, now);
}

async function leave(network: Network, known: KnownAgreement, turn: Turn, ask: Administer): Promise<void> {
  const partner = network.partners[turn.agency]!;
  const { now } = network.world;
  const party = known.agreement.parties.find((one) => one.agency === partner.number);
  if (party === undefined || !isBound(party) || isSuspended(network, partner.number)) return;
  await ask(await partner.token(), `/v1/agreements/${known.id}/leave`, { confirm: true });
  party.leftAt = now;
  if (known.open?.signed.includes(partner.number)) {
    known.open.signed = known.open.signed.filter((one) => one !== partner.number);
    known.open.gone.push(partner.number);
  }
  if (boundTo(known).length === 0) known.open = null;
  takeEffect(known, now);
}

/** An amendment is in force once all have signed it who had signed the agreement and not left. */
function takeEffect(known: KnownAgreement, now: number): void {
  const { agreement, open } = known;
  const all = boundTo(known);
  if (open === null || all.length === 0 || !all.every((one) => open.signed.includes(one))) return;
  if (open.until !== null && open.until <= now) return;
  agreement.purposes = open.purposes;
  agreement.categories = open.categories;
  agreement.until = open.until;
  for (const agency of open.parties) {
    const signedAt = open.signed.includes(agency) ? now : null;
    const party = agreement.parties.find((one) => one.agency === agency);
    if (party === undefined) agreement.parties.push({ agency, signedAt, leftAt: null });
    else if (signedAt !== null && !isBound(party)) Object.assign(party, { signedAt, leftAt: null });
  }
  known.number = open.number;
  known.open = null;
}

export function tellAmending(turn: Turn, name: (by: number) => string): string {
  switch (turn.do) {
    case 'amend':
      return (
        `${turn.by === null ? 'the admin' : name(turn.by)} proposes for agreement ${turn.agreement} ${turn.purposes}: ${turn.categories}` +
        `${turn.until === null ? '' : `, for ${turn.until} ms`}${turn.guests.length > 0 ? `, with ${turn.guests.map(name)}` : ''}`
      );
    case 'sign':
      return `${name(turn.agency)} signs the amendment of agreement ${turn.agreement}`;
    case 'leave':
      return `${name(turn.agency)} leaves agreement ${turn.agreement}`;
    default:
      return `the amendment of agreement ${turn.agreement} is withdrawn`;
  }
}
