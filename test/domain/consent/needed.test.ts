/**
 * What is needed: the way out of a refusal, for who gives. Rows say what is told; the laws, over random worlds, that it is
 * enough, that it is not more than enough, and that it tells nothing of what was said to others.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { decide } from '../../../src/domain/consent.ts';
import type { Facts, Instant, Question, StatedBy } from '../../../src/domain/facts.ts';
import type { Needed } from '../../../src/domain/needed.ts';
import { knownTo, neededFor } from '../../../src/domain/needed-consents.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  entry,
  facts,
  given,
  NOW,
  party,
  question,
  refused,
  release,
  row,
  stopEverything,
  type World,
  withdrawn,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { anyWorld } from './any-world.ts';
import { tellWorld, world } from './asking.ts';
import { holds, NOT_MEANT } from './holds.ts';

const HANDLES = { anna: 'anna', ben: 'ben' };
const needed = ({ question, facts }: World, handles: Record<string, string | null> = HANDLES): Needed[] =>
  neededFor(question, facts, decide(question, facts), handles);

const ANYBODY: readonly StatedBy[] = ['PERSON', 'GUARDIAN', 'LEGAL_REPRESENTATIVE'];
const yes = { clientId: 'anna', recipient: 'jobcenter', form: 'ANY', statedBy: ANYBODY, supersedes: false };
const consent = (more: object = {}) => ({
  type: 'CONSENT',
  discloser: 'mbe',
  ...yes,
  purpose: 'BERATUNG',
  categories: ['STAMMDATEN'],
  explicitSpecialCategories: false,
  ...more,
});
const written = { form: 'WRITTEN_OR_ELECTRONIC' };
const special = { ...written, explicitSpecialCategories: true };

t.test('what is told', async (t) => {
  const own = (category: 'STAMMDATEN' | 'KONTAKT' | 'GESUNDHEIT' | 'BERATUNGSNOTIZ', more: object = {}) =>
    entry({ id: category, category, secrecy: category === 'BERATUNGSNOTIZ', ...more });
  const theirs = entry({ origin: 'mbe' });
  const onward = { discloser: 'jmd', entries: [theirs] };
  const said = (more: object = {}) => given({ categories: ['STAMMDATEN'], ...more });
  const rows: [string, World, object[]][] = [
    ['nothing, when everything may go', world({ statements: [said()] }), []],
    ['a consent, when nobody has been asked', world({}), [consent()]],
    ['the same when it has ended', world({ statements: [said({ validUntil: day(-1) })] }), [consent()]],
    ['or has not begun', world({ statements: [said({ validFrom: day(1) })] }), [consent()]],
    [
      'one line for all categories of one form',
      world({}, { entries: [own('KONTAKT'), own('STAMMDATEN'), own('GESUNDHEIT')] }),
      [consent({ categories: ['STAMMDATEN', 'KONTAKT'] }), consent({ categories: ['GESUNDHEIT'], ...special })],
    ],
    [
      'not what may go',
      world({ statements: [said()] }, { entries: [own('STAMMDATEN'), own('KONTAKT')] }),
      [consent({ categories: ['KONTAKT'] })],
    ],
    ['a no: a yes after it', world({ statements: [said(), refused()] }), [consent({ supersedes: true })]],
    ['a no without scope', world({ statements: [said(), stopEverything()] }), [consent({ supersedes: true })]],
    [
      'a no that a yes has lifted',
      world({ statements: [refused(), said({ statedAt: day(-2), validUntil: day(-1) })] }),
      [consent()],
    ],
    [
      "a youth's no needs the youth's own word",
      world({ statements: [refused({ ageBand: 'FROM_15_TO_17' })] }),
      [consent({ supersedes: true, statedBy: ['PERSON'] })],
    ],
    [
      'which a guardian’s later yes is not',
      world({
        statements: [
          refused({ ageBand: 'FROM_15_TO_17' }),
          said({ statedAt: day(-1), statedBy: 'GUARDIAN', ageBand: 'FROM_15_TO_17' }),
        ],
      }),
      [consent({ supersedes: true, statedBy: ['PERSON'] })],
    ],
    [
      'and which it has given already when only capacity is missing',
      world({
        statements: [
          refused({ ageBand: 'FROM_15_TO_17' }),
          said({ statedAt: day(-1), ageBand: 'FROM_15_TO_17', capacityConfirmed: false }),
        ],
      }),
      [consent()],
    ],
    [
      'the form',
      world({ statements: [given({ categories: ['GESUNDHEIT'], form: 'ORAL' })] }, { entries: [own('GESUNDHEIT')] }),
      [consent({ categories: ['GESUNDHEIT'], ...special })],
    ],
    [
      'everybody concerned, each by the own handle',
      world({ statements: [said()] }, { entries: [own('STAMMDATEN', { concerns: ['anna', 'ben'] })] }),
      [consent({ clientId: 'ben' })],
    ],
    [
      'a document with what it is filed under',
      world({}, { entries: [entry({ category: 'DOKUMENT', filedUnder: ['GESUNDHEIT'] })] }),
      [consent({ categories: ['DOKUMENT'] }), consent({ categories: ['GESUNDHEIT'], ...special })],
    ],
    [
      'a release beside the consent',
      world({}, { entries: [own('BERATUNGSNOTIZ')] }),
      [
        consent({ categories: ['BERATUNGSNOTIZ'] }),
        { type: 'RELEASE', origin: 'mbe', ...yes, ...written, categories: ['BERATUNGSNOTIZ'] },
      ],
    ],
    [
      'a release of somebody on whom the discloser holds no handle: whose it is cannot be told',
      world(
        { statements: ['anna', 'ben'].map((person) => given({ id: person, person, categories: ['BERATUNGSNOTIZ'] })) },
        { entries: [own('BERATUNGSNOTIZ', { concerns: ['anna', 'carla'] })] },
      ),
      [
        consent({ clientId: null, categories: ['BERATUNGSNOTIZ'] }),
        { type: 'RELEASE', origin: 'mbe', ...yes, ...written, categories: ['BERATUNGSNOTIZ'] },
        { type: 'RELEASE', origin: 'mbe', ...yes, ...written, clientId: null, categories: ['BERATUNGSNOTIZ'] },
      ],
    ],
    [
      'a release that was withdrawn',
      world(
        {
          statements: [given({ categories: ['BERATUNGSNOTIZ'] })],
          releases: [release({ categories: ['BERATUNGSNOTIZ'] }), withdrawnRelease({ categories: null })],
        },
        { entries: [own('BERATUNGSNOTIZ')] },
      ),
      [{ type: 'RELEASE', origin: 'mbe', ...yes, ...written, categories: ['BERATUNGSNOTIZ'], supersedes: true }],
    ],
    [
      'an agreement',
      world({ agreements: [], statements: [said()] }),
      [{ type: 'AGREEMENT', parties: ['mbe', 'jobcenter'], purpose: 'BERATUNG', categories: ['STAMMDATEN'] }],
    ],
    [
      'the guard: nothing that anybody could say',
      world({ agreements: [] }, { entries: [own('STAMMDATEN', { guardFrom: day(-1) })] }),
      [{ type: 'NOT_POSSIBLE', reason: 'RESIDENCE_GUARD', categories: ['STAMMDATEN'] }],
    ],
    [
      'a suspended agency',
      world({ agencies: [...AGENCIES.slice(0, 3), agency({ id: 'jobcenter', suspendedAt: day(-1) })] }),
      [{ type: 'NOT_POSSIBLE', reason: 'AGENCY_SUSPENDED', categories: ['STAMMDATEN'] }],
    ],
    [
      'what cannot be read',
      world({ statements: [said({ validUntil: day(-20) })] }),
      [{ type: 'NOT_POSSIBLE', reason: 'UNREADABLE', categories: ['STAMMDATEN'] }],
    ],
    [
      "another agency's entry: ask it",
      world({ rows: [row()], statements: [said({ recipient: 'jmd' })] }, onward),
      [{ type: 'ASK_ORIGIN', origin: 'mbe', categories: ['STAMMDATEN'] }],
    ],
    [
      'the same whatever the person said to it',
      world({ rows: [row()], statements: [said({ recipient: 'jmd' }), withdrawn({ id: 'n2' })] }, onward),
      [{ type: 'ASK_ORIGIN', origin: 'mbe', categories: ['STAMMDATEN'] }],
    ],
    [
      'a no about who passes it on is its own matter',
      world(
        { rows: [row()], statements: [said(), said({ id: 's2', recipient: 'jmd' }), refused({ discloser: 'jmd' })] },
        onward,
      ),
      [consent({ discloser: 'jmd', supersedes: true })],
    ],
    [
      'an agreement of the origin that it is no party of',
      world(
        {
          agreements: [
            agreement({ id: 'k2', parties: [party('jmd'), party('jobcenter')] }),
            agreement({ parties: [party('mbe'), party('jmd')] }),
          ],
          rows: [row()],
          statements: [said(), said({ id: 's2', recipient: 'jmd' })],
        },
        onward,
      ),
      [{ type: 'ASK_ORIGIN', origin: 'mbe', categories: ['STAMMDATEN'] }],
    ],
  ];
  for (const [name, asked, expected] of rows) t.same(needed(asked), expected, name);
  const aboutBen = [
    said({ recipient: 'jmd' }),
    said({ id: 's2' }),
    said({ id: 's3', person: 'ben', recipient: 'jmd' }),
    said({ id: 's4', person: 'ben' }),
    refused({ person: 'ben', discloser: 'jmd' }),
  ];
  const both = { ...onward, entries: [entry({ concerns: ['anna', 'ben'] })] };
  const passedOn = world({ rows: [row()], statements: aboutBen }, both);
  t.same(needed(passedOn), [consent({ discloser: 'jmd', clientId: 'ben', supersedes: true })]);
  t.same(
    needed(passedOn, { anna: 'anna', ben: null }).map((one) => one.type),
    ['ASK_ORIGIN'],
    'somebody concerned on whom it has no handle is the origin’s to ask',
  );
});

/** Facts that have come to be at the question's instant; what is recorded later is not known yet. */
const present = ({ question, facts }: World): World => ({
  question,
  facts: {
    ...facts,
    statements: facts.statements.filter((one) => one.recordedAt <= NOW),
    releases: facts.releases.filter((one) => one.recordedAt <= NOW),
    rows: facts.rows.filter((one) => one.opened <= NOW),
  },
});

const LATER: Instant = NOW + 1;
/** Who says it, and how, of what is left open. */
const choice = fc.record({
  who: fc.constantFrom(...ANYBODY),
  form: fc.constantFrom('ORAL' as const, 'WRITTEN' as const, 'ELECTRONIC' as const),
  explicit: fc.boolean(),
});
type Choice = typeof choice extends fc.Arbitrary<infer One> ? One : never;

/** The facts once all this has been said, released and signed. */
function after(lines: readonly Needed[], { question, facts }: World, chosen: Choice): World {
  const added: Facts = {
    ...facts,
    agreements: [...facts.agreements],
    statements: [...facts.statements],
    releases: [...facts.releases],
  };
  for (const [index, line] of lines.entries()) {
    const id = `added${index}`;
    if (line.type === 'AGREEMENT') {
      const parties = line.parties.map((name) => party(name));
      added.agreements.push(agreement({ id, parties, purposes: [line.purpose], categories: [...line.categories] }));
    }
    if (line.type !== 'CONSENT' && line.type !== 'RELEASE') continue;
    const statedBy = line.statedBy.includes(chosen.who) ? chosen.who : line.statedBy[0]!;
    const said = {
      id,
      person: line.clientId!,
      recipient: line.recipient,
      categories: [...line.categories],
      statedAt: LATER,
      validFrom: LATER,
      statedBy,
      ageBand: statedBy === 'GUARDIAN' ? ('UNDER_15' as const) : ('ADULT' as const),
      form: line.form === 'ANY' || chosen.form !== 'ORAL' ? chosen.form : ('WRITTEN' as const),
    };
    if (line.type === 'RELEASE') added.releases.push(release({ ...said, origin: question.discloser }));
    else {
      const explicitSpecialCategories = line.explicitSpecialCategories || chosen.explicit;
      const { discloser } = question;
      added.statements.push(given({ ...said, discloser, purpose: line.purpose, explicitSpecialCategories }));
    }
  }
  return { question: { ...question, at: LATER }, facts: added };
}

const isBeyond = ({ type }: Needed): boolean => type === 'ASK_ORIGIN' || type === 'NOT_POSSIBLE';
/** The entries that who gives can see to alone. */
const mendable = ({ question, facts }: World): string[] =>
  decide(question, facts)
    .entries.filter((one) => one.outcome === 'WITHHOLD')
    .map((one) => one.entry)
    .filter((id) => {
      const alone: Question = { ...question, entries: question.entries.filter((one) => one.id === id) };
      return !needed({ question: alone, facts }).some(isBeyond);
    });
const goes = ({ question, facts }: World): Set<string> =>
  new Set(
    decide(question, facts)
      .entries.filter((one) => one.outcome === 'PERMIT')
      .map((one) => one.entry),
  );

t.test('what is needed is enough', async (t) => {
  holds(
    t,
    fc.tuple(anyWorld.map(present), choice),
    ([asked, chosen]) => {
      const ids = mendable(asked);
      if (ids.length === 0) return NOT_MEANT;
      const lines = needed(asked);
      const then = goes(after(lines, asked, chosen));
      const stays = ids.filter((id) => !then.has(id));
      return stays.length === 0
        ? undefined
        : `${tellWorld(asked)}\nneeded ${JSON.stringify(lines)}\nstill stays: ${stays}`;
    },
    4000,
  );
});

t.test('and not more than enough: without any one line something stays', async (t) => {
  holds(
    t,
    fc.tuple(anyWorld.map(present), choice),
    ([asked, chosen]) => {
      const ids = mendable(asked);
      const lines = needed(asked);
      if (ids.length === 0 || lines.some(isBeyond)) return NOT_MEANT;
      for (const spared of lines) {
        const then = goes(
          after(
            lines.filter((line) => line !== spared),
            asked,
            chosen,
          ),
        );
        if (ids.every((id) => then.has(id))) return `${tellWorld(asked)}\nneedless: ${JSON.stringify(spared)}`;
      }
      return undefined;
    },
    4000,
  );
});

t.test('every withheld entry is spoken of', async (t) => {
  holds(t, anyWorld, ({ question, facts }) => {
    for (const one of decide(question, facts).entries) {
      const alone: World = {
        question: { ...question, entries: question.entries.filter(({ id }) => id === one.entry) },
        facts,
      };
      if ((one.outcome === 'PERMIT') !== (needed(alone).length === 0))
        return `${tellWorld(alone)}\n${JSON.stringify(needed(alone))}`;
    }
    return undefined;
  });
});

t.test('nothing of it comes from what was said to others, nor from their agreements', async (t) => {
  holds(t, anyWorld, ({ question, facts }) => {
    const decision = decide(question, facts);
    if (!decision.entries.some((one) => one.outcome === 'WITHHOLD')) return NOT_MEANT;
    const theirs = neededFor(question, facts, decision, HANDLES);
    const without = neededFor(question, knownTo(question.discloser, facts), decision, HANDLES);
    return isDeepStrictEqual(theirs, without)
      ? undefined
      : `${tellWorld({ question, facts })}\n${JSON.stringify([theirs, without])}`;
  });
});

t.test('facts without the handle of the one who gives change nothing but who is named', async (t) => {
  const asked = { question: question(), facts: facts() };
  t.same(needed(asked, {}), [consent({ clientId: null })]);
});
