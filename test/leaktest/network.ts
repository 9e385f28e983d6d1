/** Agencies of the run's own with agreements, and what happens to all at once: time, suspensions, agreements that begin and end. */
import { fetchToken, generateClientKey } from '../../src/auth/client-credentials.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import type { Random } from '../support/random.ts';
import { remembered } from '../support/remembered.ts';
import { signedBody } from '../support/signing.ts';
import { AMENDING, amending, boundTo, chooseAmending, holds, tellAmending } from './amendments.ts';
import type { Agreement } from './decide.ts';
import type { Network, Partner } from './lane.ts';
import { ALL_CATEGORIES } from './people.ts';
import type { Tested } from './service.ts';
import { PURPOSES } from './words.ts';

const DAY = 86_400_000;
/** What happens to everybody, between the rounds. */
export interface Turn {
  do: 'time' | 'agree' | 'terminate' | 'suspend' | 'reinstate' | 'amend' | 'sign' | 'withdraw' | 'leave';
  // biome-ignore lint/suspicious/noExplicitAny: each kind of turn reads what it wrote
  [more: string]: any;
}

export const PARTNERS = 6;
export const isPublic = (index: number): boolean => index < 2;

/** What was asked as the admin or as somebody's administrator, with its answer. */
export type Administer = (token: string, path: string, body: object | undefined) => Promise<{ id: string }>;

const administer =
  (tested: Tested): Administer =>
  async (token, path, body) => {
    const answer = await tested.ask({ method: 'POST', path, token, body: body && JSON.stringify(body), instance: 0 });
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  };

/** @param first number of the first agency; each has a number of its own in the run. */
export async function newNetwork(tested: Tested, first: number, now: number): Promise<Network> {
  const admin = remembered(() => tested.adminToken());
  const ask = administer(tested);
  const partners: Partner[] = [];
  for (let index = 0; index < PARTNERS; index++) {
    const number = first + index;
    const about = {
      name: `Stelle ${number}`,
      sponsor: 'Erfundener Verein',
      legalRegime: 'GDPR_SGB',
      publicBody: isPublic(index),
    };
    const kind = isPublic(index) ? 'ARGE' : 'BERATUNGSSTELLE';
    const { id } = await ask(await admin(), '/v1/agencies', { ...about, kind });
    const { key, jwks } = await generateClientKey('EdDSA');
    const clientId = `leaktest-${number}`;
    await ask(await admin(), `/v1/agencies/${id}/systems`, { clientId, scopes: AGENCY_SCOPES, jwks });
    const token = remembered(
      async () => (await fetchToken({ tokenUrl: `${tested.url}/oauth/token`, clientId, key })).accessToken,
    );
    partners.push({ number, id, publicBody: isPublic(index), token, key });
  }
  const agencies = partners.map(({ number, publicBody }) => ({ number, publicBody, suspended: false }));
  const network: Network = { world: { now, agencies, agreements: [] }, partners, admin, agreements: new Map() };
  await agree(tested, network, {
    do: 'agree',
    n: 0,
    parties: partners.map((_, index) => index),
    purposes: PURPOSES,
    categories: ALL_CATEGORIES,
    until: null,
    signing: 1,
  });
  return network;
}

async function agree(tested: Tested, network: Network, turn: Turn): Promise<void> {
  const { now } = network.world;
  const ask = administer(tested);
  const parties = (turn.parties as number[]).map((index) => network.partners[index]!);
  const until: number | null = turn.until === null ? null : now + turn.until;
  const { id } = await ask(await network.admin(), '/v1/agreements', {
    title: 'Kooperationsvereinbarung',
    parties: parties.map((one) => one.id),
    purposes: turn.purposes,
    categories: turn.categories,
    from: new Date(now).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  });
  const agreement: Agreement = {
    parties: parties.map((one) => ({ agency: one.number, signedAt: null, leftAt: null })),
    purposes: turn.purposes,
    categories: turn.categories,
    from: now,
    until,
    terminatedAt: null,
  };
  for (const [index, party] of parties.entries()) {
    // Now and then somebody has not signed.
    const suspended = network.world.agencies.some((one) => one.number === party.number && one.suspended);
    if (suspended || index >= turn.parties.length * turn.signing) continue;
    const token = await party.token();
    await ask(token, `/v1/agreements/${id}/sign`, await signedBody({ url: tested.url, token }, id, 1, party.key));
    agreement.parties[index]!.signedAt = now;
  }
  network.world.agreements.push(agreement);
  network.agreements.set(`a${turn.n}`, { id, agreement, number: 1, versions: 1, open: null });
}

/** @param ends instants ahead at which something ends. */
export function chooseTurn(network: Network, random: Random, n: string, ends: readonly number[]): Turn {
  const { agencies } = network.world;
  const inForce = [...network.agreements]
    .filter(([, one]) => holds(one, network.world.now) && boundTo(one).length > 2)
    .map(([name]) => name);
  const suspended = agencies.flatMap((one, index) => (one.suspended ? [index] : []));
  const everybody = network.partners.map((_, index) => index);
  // Now and then to the very millisecond of an end, or to the one before it.
  const end = ends.length > 0 && random.chance(0.25) ? random.pick(ends) - network.world.now - random.below(2) : 0;
  const time: Turn = {
    do: 'time',
    ms:
      end > 0
        ? end
        : random.weighted([
            [10, 1 + random.below(3)],
            [8, 1 + random.below(5_000)],
            [5, random.below(8 * 3_600_000) + 1],
            [3, random.below(6 * DAY) + 1],
            [0.7, 14 * DAY],
            [0.5, random.below(120 * DAY) + 1],
          ]),
  };
  if (suspended.length > 0 && random.chance(0.5)) return { do: 'reinstate', agency: suspended[0] };
  return random.weighted<Turn>([
    [20, time],
    [0.6, { do: 'suspend', agency: random.pick(everybody) }],
    ...chooseAmending(network, random),
    [
      inForce.length === 0 ? 0 : 0.5,
      { do: 'terminate', agreement: inForce.length === 0 ? null : random.pick(inForce) },
    ],
    [
      inForce.length < 2 ? 6 : 0.8,
      {
        do: 'agree',
        n,
        parties: inForce.length === 0 ? everybody : random.some(everybody, 0.8),
        purposes: inForce.length === 0 ? PURPOSES : random.some(PURPOSES, 0.8),
        categories: inForce.length === 0 ? ALL_CATEGORIES : random.some(ALL_CATEGORIES, 0.8),
        until: random.chance(0.3) ? random.below(60 * DAY) + 1 : null,
        signing: random.chance(0.8) ? 1 : 0.7,
      },
    ],
  ]);
}

/** Does it at the service and in the world; then every lane's oracle has to settle (`time` settles on its way). */
export async function takeTurn(
  tested: Tested,
  network: Network,
  turn: Turn,
  oracles: readonly { timePasses(until: number): void; settle(): void }[],
): Promise<void> {
  const ask = administer(tested);
  const { world } = network;
  if (AMENDING.includes(turn.do)) await amending(tested, network, turn, ask);
  switch (turn.do) {
    case 'time': {
      const [before, until] = [world.now, world.now + turn.ms];
      await tested.setClock(until);
      for (const oracle of oracles) {
        world.now = before;
        oracle.timePasses(until);
      }
      world.now = until;
      return;
    }
    case 'agree':
      if (turn.parties.length < 2 || turn.purposes.length === 0 || turn.categories.length === 0) return;
      await agree(tested, network, turn);
      break;
    case 'terminate': {
      const known = network.agreements.get(turn.agreement);
      if (known === undefined || known.agreement.terminatedAt !== null) return;
      await ask(await network.admin(), `/v1/agreements/${known.id}/terminate`, { confirm: true });
      known.agreement.terminatedAt = world.now;
      known.open = null;
      break;
    }
    case 'suspend':
    case 'reinstate': {
      const suspended = turn.do === 'suspend';
      const agency = world.agencies[turn.agency]!;
      if (agency.suspended === suspended) return;
      const path = `/v1/agencies/${network.partners[turn.agency]!.id}/${turn.do}`;
      await ask(await network.admin(), path, suspended ? { confirm: true } : {});
      agency.suspended = suspended;
    }
  }
  for (const oracle of oracles) oracle.settle();
}

export function tellTurn(turn: Turn, name: (by: number) => string): string {
  if (AMENDING.includes(turn.do)) return tellAmending(turn, name);
  switch (turn.do) {
    case 'time':
      return `${turn.ms} ms pass`;
    case 'agree':
      return `an agreement a${turn.n} of ${(turn.parties as number[]).map(name).join(', ')} for ${turn.purposes}: ${turn.categories}${turn.until === null ? '' : `, for ${turn.until} ms`}`;
    case 'terminate':
      return `agreement ${turn.agreement} is terminated`;
    case 'suspend':
      return `${name(turn.agency)} is suspended`;
    case 'reinstate':
      return `${name(turn.agency)} is reinstated`;
    default:
      return turn.do;
  }
}
