/** Moves that should come to nothing: what is broken, what is another's, what was said before, what is owed. */
import type { OperationId } from '../../src/contract/operations.ts';
import type { Random } from '../support/random.ts';
import { Finding, type Input, type Lane } from './lane.ts';
import { door, type Kind, keysOf } from './moves.ts';
import { PURPOSES } from './words.ts';

/** Requests that are wrong in their own way, each with a value that nobody may see again. */
const BROKEN: ((lane: Lane, stray: string, client: string) => [path: string, body: string | undefined])[] = [
  (_lane, stray) => ['/v1/clients', JSON.stringify({ fileReference: [stray] })],
  (_lane, stray) => ['/v1/clients', JSON.stringify({ [stray]: 1 })],
  (_lane, stray) => ['/v1/clients', `{"fileReference":"${stray}"`],
  (_lane, stray) => ['/v1/clients', `"${stray}"`],
  (_lane, stray) => ['/v1/clients/find', JSON.stringify({ fileReference: stray })],
  (_lane, stray, client) => [
    `/v1/clients/${client}/entries`,
    JSON.stringify({ category: 'STAMMDATEN', payload: { familienname: { stray } } }),
  ],
  (_lane, stray, client) => [
    `/v1/clients/${client}/entries`,
    JSON.stringify({ category: 'STAMMDATEN', payload: { [stray]: stray } }),
  ],
  (_lane, stray, client) => [`/v1/clients/${client}/entries`, JSON.stringify({ category: stray, payload: {} })],
  (_lane, stray, client) => [
    `/v1/clients/${client}/entries`,
    JSON.stringify({ category: 'KONTAKT', payload: { email: stray } }),
  ],
  (_lane, stray, client) => [
    `/v1/clients/${client}/statements`,
    JSON.stringify({ decision: 'GIVEN', evidenceRef: stray, purpose: stray }),
  ],
  (_lane, stray, client) => [
    `/v1/clients/${client}/releases`,
    JSON.stringify({ decision: 'WITHDRAWN', evidenceRef: stray }),
  ],
  (_lane, stray, client) => [
    `/v1/clients/${client}/proposals`,
    JSON.stringify({ type: 'STATEMENT', evidenceRef: stray }),
  ],
  (_lane, stray, client) => [
    '/v1/laufzettel',
    JSON.stringify({ clientId: client, kind: stray, purpose: 'BERATUNG', entryIds: [stray] }),
  ],
  (lane, stray) => [
    `/v1/plans/${anyId(lane.plans)}/proposals`,
    JSON.stringify({ entry: { category: 'FOERDERPLAN', payload: { ziele: { stray } } } }),
  ],
  (lane, stray) => [
    `/v1/plans/${anyId(lane.plans)}/proposals`,
    JSON.stringify({ entry: { category: 'FOERDERPLAN', payload: { ziele: [stray] } }, reviewOn: stray }),
  ],
  (lane, stray) => [
    `/v1/conferences/${anyId(lane.conferences)}/minutes`,
    JSON.stringify({ laufzettelId: stray, entry: { category: 'BERATUNGSNOTIZ', payload: { text: stray } } }),
  ],
  (lane, stray) => ['/v1/conferences', JSON.stringify({ partner: lane.partner(0).id, beginsAt: stray, place: stray })],
  (_lane, stray, client) => [
    `/v1/clients/${client}/consent-texts`,
    JSON.stringify({ language: stray, lines: [{ kind: 'CONSENT', recipient: stray }] }),
  ],
  (_lane, stray, client) => [`/v1/clients/${client}/own-page?language=${stray}`, undefined],
  (_lane, stray) => [`/v1/consent-texts/${stray}`, undefined],
  (_lane, stray) => [`/v1/code-lists?list=${stray}`, undefined],
  (lane, stray) => [
    `/v1/agreements/${anyId(lane.setting.network.agreements)}/amend`,
    JSON.stringify({ title: [stray], purposes: [stray] }),
  ],
  (_lane, stray) => [`/v1/entries/${stray}`, undefined],
  (_lane, stray) => [`/v1/inbox?cursor=${stray}`, undefined],
  (_lane, stray) => [`/v1/inbox?${stray}=1`, undefined],
  (_lane, stray) => ['/graphql', JSON.stringify({ query: `{ entry(entryId: "${stray}") { payload } }` })],
  (_lane, stray) => [
    '/graphql',
    JSON.stringify({ query: `mutation { createClient(input: { fileReference: ${stray} }) { id } }` }),
  ],
  (_lane, stray) => [
    '/graphql',
    JSON.stringify({ query: 'query ($id: ID!) { client(clientId: $id) { id } }', variables: { id: { stray } } }),
  ],
  (_lane, stray) => ['/graphql', `{"query":"{ ${stray} }"}`],
  (_lane, stray) => ['/v1/clients', JSON.stringify({ fileReference: `${stray}${'x'.repeat(1_100_000)}` })],
];

/** One that there is, as long as there is any. */
const anyId = (things: ReadonlyMap<string, { id: string }>): string =>
  [...things.values()].at(-1)?.id ?? '01980000-0000-7000-8000-000000000001';

const KEPT_MS = 86_400_000;

/** What somebody tries with a thing that is another's. */
const INTRUSIONS: ((lane: Lane, random: Random) => { operation: OperationId; input: Input } | null)[] = [
  (lane, random) =>
    of(lane.handles, random, ({ id }) => ({
      operation: 'addEntry',
      input: { params: { clientId: id }, body: { category: 'SPRACHE', payload: { erstsprache: 'ar' } } },
    })),
  (lane, random) =>
    of(lane.handles, random, ({ id }) => ({
      operation: 'recordStatement',
      input: {
        params: { clientId: id },
        body: {
          decision: 'WITHDRAWN',
          statedAt: new Date(lane.now).toISOString(),
          statedBy: 'PERSON',
          ageBand: 'ADULT',
        },
      },
    })),
  (lane, random) =>
    of(lane.handles, random, ({ id }) => ({
      operation: 'eraseClient',
      input: { params: { clientId: id }, body: { confirm: true } },
    })),
  (lane, random) =>
    of(lane.handles, random, ({ id }) => ({
      operation: 'issueLinkCode',
      input: { params: { clientId: id }, body: { agencyId: lane.partner(0).id } },
    })),
  (lane, random) =>
    of(lane.forwardings, random, ({ id }) => ({
      operation: 'acceptForwarding',
      input: { params: { forwardingId: id }, body: { expectedVersion: 2 } },
    })),
  (lane, random) =>
    of(lane.forwardings, random, ({ id }) => ({
      operation: 'recallForwarding',
      input: { params: { forwardingId: id }, body: { expectedVersion: 1 } },
    })),
  (lane, random) =>
    of(lane.slips, random, ({ id }) => ({
      operation: 'forwardLaufzettel',
      input: { params: { laufzettelId: id }, body: { recipient: lane.partner(0).id } },
    })),
  (lane, random) =>
    of(lane.slips, random, ({ id }) => ({
      operation: 'cancelLaufzettel',
      input: { params: { laufzettelId: id }, body: { expectedVersion: 1 } },
    })),
  (lane, random) =>
    of(lane.handles, random, ({ id }) => ({
      operation: 'startConsentConversation',
      input: {
        params: { clientId: id },
        body: {
          ...{ language: 'de', statedBy: 'PERSON', ageBand: 'ADULT', months: 1 },
          lines: [
            { kind: 'CONSENT', recipient: lane.partner(0).id, purpose: 'BERATUNG', categories: ['STAMMDATEN'] },
            { kind: 'CONSENT', recipient: lane.partner(1).id, purpose: 'BERATUNG', categories: ['STAMMDATEN'] },
          ],
        },
      },
    })),
  (lane, random) =>
    of(lane.plans, random, ({ id, plan }) => ({
      operation: 'answerPlanProposal',
      input: {
        params: { planId: id, planProposalId: plan.proposals.at(-1)?.id ?? id },
        body: { answer: 'ACCEPT' },
      },
    })),
  (lane, random) =>
    of(lane.plans, random, ({ id }) => ({
      operation: 'proposePlanPart',
      input: {
        params: { planId: id },
        body: { entry: { category: 'FOERDERPLAN', payload: { ziele: ['erfunden'] }, secrecy: false } },
      },
    })),
  (lane, random) =>
    of(lane.plans, random, ({ id, plan }) => ({
      operation: 'withdrawPlanProposal',
      input: { params: { planId: id, planProposalId: plan.proposals.at(-1)?.id ?? id } },
    })),
  (lane, random) =>
    of(lane.conferences, random, ({ id, conference }) => ({
      operation: 'addToAgenda',
      input: {
        params: { conferenceId: id },
        body: { laufzettelId: lane.slips.get(conference.items.at(-1)?.slip ?? '')?.id ?? id },
      },
    })),
  (lane, random) =>
    of(lane.conferences, random, ({ id }) => ({
      operation: 'cancelConference',
      input: { params: { conferenceId: id }, body: { expectedVersion: 1 } },
    })),
  (lane, random) =>
    of(lane.texts, random, ({ id }) => ({ operation: 'getConsentText', input: { params: { consentTextId: id } } })),
  (lane, random) =>
    of(lane.entries, random, ({ id }) => ({ operation: 'listEntryHops', input: { params: { entryId: id } } })),
];

function of<T, R>(things: ReadonlyMap<string, T>, random: Random, then: (one: T) => R): R | null {
  const all = [...things.values()];
  return all.length === 0 ? null : then(random.pick(all));
}

export const mischief: Record<string, Kind> = {
  broken: {
    weight: 4,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      which: random.below(BROKEN.length),
    }),
    async perform(lane, move) {
      const stray = lane.setting.newMarker('s', lane.partner(move.by).number);
      const { number } = lane.partner(move.by);
      const own = [...lane.handles.values()].find(({ handle }) => handle.agency === number);
      const [path, body] = BROKEN[move.which]!(lane, stray, own?.id ?? lane.partner(move.by).id);
      const answer = await lane.send(move.by, body === undefined ? 'GET' : 'POST', path, body);
      if (answer.status < 400 && !answer.text.includes('"errors"'))
        throw new Finding('mismatch', `a broken request (${move.which}) answered ${answer.status}`);
    },
    tell: (move, name) => `${name(move.by)} sends broken request ${move.which}`,
  },

  intrude: {
    weight: 3,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      which: random.below(INTRUSIONS.length),
      seed: random.below(1_000_000),
      door: door(random),
    }),
    async perform(lane, move) {
      const { number } = lane.partner(move.by);
      // Of what is not its own: its own handles, forwardings and Laufzettel are left out.
      const strangers = others(lane, move.by, number);
      const attempt = INTRUSIONS[move.which]!(strangers, seeded(move.seed));
      if (attempt === null) return;
      const answer = await lane.call(move.by, attempt.operation, { ...attempt.input, door: move.door });
      if (answer.status < 400)
        throw new Finding('leak', `${lane.nameOf(move.by)} did ${attempt.operation} with what is another's`);
    },
    tell: (move, name) => `${name(move.by)} tries intrusion ${move.which}`,
  },

  replay: {
    weight: 4,
    choose(lane, random) {
      const all = keysOf(lane.keyed);
      return all.length === 0 ? null : { key: random.pick(all) };
    },
    async perform(lane, move) {
      const keyed = lane.keyed.get(move.key);
      // A key is kept for a day; after that the request is a new one.
      if (keyed !== undefined && lane.now - keyed.at < KEPT_MS) await lane.call(keyed.by, keyed.operation, keyed.input);
    },
    tell: (move) => `the request ${move.key} is sent again with its key`,
  },

  owed: {
    weight: 2,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      answer: random.pick(['STOPPED', 'ERASED', 'RETAINED']),
    }),
    async perform(lane, move) {
      const { status, value } = await lane.call(move.by, 'listOwedAnswers', { query: { limit: 200 } });
      if (status !== 200) return;
      const mine = value.items.find((one: { entryId: string }) =>
        [...lane.entries.values()].some((entry) => entry.id === one.entryId),
      );
      if (mine === undefined) return;
      const body = { answer: move.answer, ...(move.answer === 'RETAINED' ? { statute: '§ 84 SGB X' } : {}) };
      await lane.call(move.by, 'answerClosure', { params: { disclosureId: mine.disclosureId }, body });
    },
    tell: (move, name) => `${name(move.by)} answers for what has closed: ${move.answer}`,
  },

  request: {
    weight: 1.5,
    choose(lane, random) {
      const clients = keysOf(lane.handles, ({ handle }) => !handle.erased);
      if (clients.length === 0) return null;
      return {
        client: random.pick(clients),
        asked: random.below(lane.setting.network.partners.length),
        purpose: random.pick(PURPOSES),
      };
    },
    async perform(lane, move) {
      const client = lane.handles.get(move.client);
      if (client === undefined) return;
      const by = lane.indexOf(client.handle.agency);
      const body = {
        clientId: client.id,
        agencyId: lane.partner(move.asked).id,
        kind: 'FALLMITTEILUNG',
        purpose: move.purpose,
      };
      const { status, value } = await lane.call(by, 'createRequest', { body });
      if (status === 201) lane.requests.set(`r${move.n}`, { id: value.id, by, asked: move.asked });
    },
    tell: (move, name) => `the agency of ${move.client} asks ${name(move.asked)} for a Laufzettel as r${move.n}`,
  },
  requested: {
    weight: 1.5,
    choose(lane, random) {
      const all = keysOf(lane.requests);
      return all.length === 0
        ? null
        : {
            request: random.pick(all),
            by: random.below(lane.setting.network.partners.length),
            decline: random.chance(0.3),
          };
    },
    async perform(lane, move) {
      const request = lane.requests.get(move.request);
      if (request === undefined) return;
      const params = { requestId: request.id };
      const seen = await lane.call(move.by, 'getRequest', { params });
      if (seen.status === 200 && move.by !== request.by && move.by !== request.asked) {
        throw new Finding('leak', `${lane.nameOf(move.by)} was shown ${move.request}`);
      }
      if (seen.status !== 200 || !move.decline || move.by !== request.asked) return;
      await lane.call(move.by, 'declineRequest', {
        params,
        body: { expectedVersion: seen.value.version, code: 'NO_CAPACITY' },
      });
    },
    tell: (move, name) => `${name(move.by)} looks at ${move.request}${move.decline ? ' and declines it' : ''}`,
  },
};

/** The lane as it would be without what is this agency's own. */
function others(lane: Lane, by: number, number: number): Lane {
  const copy = Object.create(lane) as Lane;
  const without = <T>(map: Map<string, T>, isOwn: (one: T) => boolean) =>
    new Map([...map].filter(([, one]) => !isOwn(one)));
  Object.defineProperties(copy, {
    handles: { value: without(lane.handles, ({ handle }) => handle.agency === number) },
    forwardings: { value: without(lane.forwardings, ({ from, to }) => from === by || to === by) },
    slips: {
      value: without(
        lane.slips,
        (slip) =>
          slip.by === by ||
          [...lane.forwardings.values()].some((one) => lane.slips.get(one.slip) === slip && one.to === by),
      ),
    },
    texts: { value: without(lane.texts, (one) => one.by === by) },
    plans: { value: without(lane.plans, (one) => one.by === by || one.partner === by) },
    conferences: { value: without(lane.conferences, (one) => one.convener === by || one.partner === by) },
    entries: {
      value: without(
        lane.entries,
        ({ entry }) =>
          entry.origin === number || lane.oracle.rows.some((row) => row.entry === entry && row.to === number),
      ),
    },
  });
  return copy;
}

const seeded = (seed: number): Random => ({ pick: <T>(from: readonly T[]) => from[seed % from.length]! }) as Random;
