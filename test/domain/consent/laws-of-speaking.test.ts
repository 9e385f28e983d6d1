/** The laws of docs/consent.md, by name, as properties of random worlds: those about what people say. */
import fc from 'fast-check';
import { decide } from '../../../src/domain/consent.ts';
import type { Facts, GivenStatement, NoStatement, Question, StatementFact } from '../../../src/domain/facts.ts';
import {
  day,
  entry,
  given,
  NOW,
  question,
  refused,
  release,
  stopEverything,
  type World,
  withdrawn,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { anyRelease, anyStatement, anyWorld } from './any-world.ts';
import { answerTo, having, permitted, tell, world } from './asking.ts';
import { holds, NOT_MEANT } from './holds.ts';

/** The world with one statement more; its id is new. */
const hearing = (world: World, statement: StatementFact): World =>
  having(world, { statements: [...world.facts.statements, { ...statement, id: 'new' }] });
const asking = (entries: Question['entries']): World => world({}, { entries });

t.test('denies by default', (t) => {
  t.strictSame(answerTo(world({})), ['NO_CONSENT'], 'the agencies have agreed, the person has said nothing');
  t.strictSame(
    answerTo(world({ agencies: [], agreements: [], statements: [] })) !== 'PERMIT',
    true,
    'nothing is known',
  );
  holds(t, anyWorld, (world) => {
    const unheard = having(world, { statements: world.facts.statements.filter((one) => one.decision !== 'GIVEN') });
    const decision = decide(unheard.question, unheard.facts);
    return permitted(unheard).length === 0 && decision.refused ? undefined : tell(unheard);
  });
  t.end();
});

t.test('only the last word counts', (t) => {
  t.strictSame(answerTo(world({ statements: [given(), refused(), given({ id: 's2', statedAt: day(-1) })] })), 'PERMIT');
  t.strictSame(
    answerTo(world({ statements: [given(), refused(), given({ id: 's2', statedAt: day(-1), validUntil: NOW })] })),
    ['EXPIRED'],
  );
  const history = fc
    .array(anyStatement, { maxLength: 5 })
    .map((some) => some.map((one, index) => ({ ...one, id: `s${index}` })));
  const asked = asking([entry({ category: 'GESUNDHEIT' })]);
  const lastYes: fc.Arbitrary<GivenStatement> = fc
    .record({
      form: fc.constantFrom('WRITTEN' as const, 'ORAL' as const),
      validUntil: fc.constantFrom(NOW, day(2)),
      statedBy: fc.constantFrom('PERSON' as const, 'GUARDIAN' as const),
    })
    .map((drawn) =>
      given({ ...drawn, ageBand: 'FROM_15_TO_17', categories: ['GESUNDHEIT'], statedAt: NOW - 1, validFrom: day(-3) }),
    );
  const heardBefore = (statements: StatementFact[]) => statements.filter((one) => one.recordedAt < NOW - 1);
  holds(t, fc.tuple(history, lastYes), ([statements, yes]) => {
    const youthSaidNo = statements.some(
      (one) => one.decision !== 'GIVEN' && one.statedBy === 'PERSON' && one.ageBand === 'FROM_15_TO_17',
    );
    if (youthSaidNo && yes.statedBy !== 'PERSON') return NOT_MEANT;
    const after = having(asked, { statements: [...heardBefore(statements), { ...yes, id: 'new' }] });
    const alone = having(asked, { statements: [yes] });
    return `${answerTo(after)}` === `${answerTo(alone)}` ? undefined : tell(after, alone);
  });
  holds(t, history, (statements) => {
    const after = having(asked, {
      statements: [...heardBefore(statements), withdrawn({ id: 'new', recordedAt: NOW, categories: ['GESUNDHEIT'] })],
    });
    return `${answerTo(after)}` === 'WITHDRAWN' ? undefined : tell(after);
  });
  t.end();
});

t.test('a no beats every yes before it', (t) => {
  t.strictSame(
    answerTo(world({ statements: [given({ statedAt: day(-5) }), refused({ recordedAt: day(-5) })] })),
    ['REFUSED'],
    'at the same instant too',
  );
  t.strictSame(
    answerTo(world({ statements: [given(), refused({ statedAt: day(-30), recordedAt: day(-1) })] })),
    ['REFUSED'],
    'however late it reaches us',
  );
  holds(t, fc.tuple(anyWorld, fc.constantFrom(day(-3), day(-2), day(-1), NOW)), ([world, recordedAt]) => {
    const { person, discloser, recipient, purpose } = world.question;
    const before = having(world, { statements: world.facts.statements.filter((one) => one.statedAt <= recordedAt) });
    if (permitted(before).length === 0) return NOT_MEANT;
    const after = hearing(
      before,
      refused({ person, discloser, recipient, purpose, categories: null, statedAt: day(-30), recordedAt }),
    );
    return permitted(after).length === 0 ? undefined : tell(before, after);
  });
  t.end();
});

t.test('a yes that begins later does not cut off the one that runs', (t) => {
  const later = given({ id: 's2', statedAt: day(-1), validFrom: NOW + 1, statedBy: 'GUARDIAN' });
  t.strictSame(answerTo(world({ statements: [given(), later] })), 'PERMIT');
  t.strictSame(answerTo(world({ statements: [given(), later] }, { at: NOW + 1 })), ['CAPACITY'], 'until it begins');
  const beginningLater = anyStatement
    .filter((one) => one.decision === 'GIVEN')
    .map((one) => ({ ...one, validFrom: NOW + 1, validUntil: day(9) }));
  holds(t, fc.tuple(anyWorld, beginningLater), ([world, yes]) => {
    const before = decide(world.question, world.facts).entries.filter((one) => one.outcome === 'PERMIT');
    if (before.length === 0) return NOT_MEANT;
    const more = hearing(world, yes);
    const after = decide(more.question, more.facts).entries;
    const same = before.every((one) => after.some((other) => JSON.stringify(other) === JSON.stringify(one)));
    return same ? undefined : tell(world, more);
  });
  t.end();
});

t.test('order and duplicates do not matter', (t) => {
  const twice = world({ statements: [given({ id: 's2' }), given(), given({ id: 's2' }), given()] });
  t.strictSame(
    decide(twice.question, twice.facts),
    decide(question(), world({ statements: [given(), given({ id: 's2' })] }).facts),
  );
  const mixed = anyWorld.chain((world) => {
    const mix = <T extends object>(list: T[]) =>
      fc
        .shuffledSubarray([...list, ...list], { minLength: list.length })
        .map((some) => [...some, ...list].map((one) => reversed(one)).reverse());
    const facts: fc.Arbitrary<Facts> = fc.record({
      agencies: mix(world.facts.agencies),
      agreements: mix(world.facts.agreements),
      statements: mix(world.facts.statements),
      releases: mix(world.facts.releases),
      rows: mix(world.facts.rows),
    });
    const entries = fc.shuffledSubarray(world.question.entries, { minLength: world.question.entries.length });
    return fc.tuple(fc.constant(world), facts, entries);
  });
  holds(t, mixed, ([world, facts, order]) => {
    const other: World = {
      facts,
      question: { ...world.question, entries: [...order, ...order].map((one) => reversed(one)) },
    };
    const [left, right] = [world, other].map((one) => {
      const { entries, refused, missingCore } = decide(one.question, one.facts);
      return JSON.stringify({
        entries: [...entries].sort((a, b) => (a.entry < b.entry ? -1 : 1)),
        refused,
        missingCore,
      });
    });
    return left === right ? undefined : tell(world, other);
  });
  t.end();
});

/** Every list in it backwards, with its first member once more. */
function reversed<T extends object>(fact: T): T {
  const changed = Object.entries(fact).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...value, ...value.slice(0, 1)].reverse() : value,
  ]);
  return Object.fromEntries(changed);
}

t.test('saying no works for everybody, about everything', (t) => {
  t.strictSame(
    answerTo(
      world({
        statements: [given(), stopEverything({ statedBy: 'GUARDIAN', ageBand: 'UNDER_15', recordedBy: 'schule' })],
      }),
    ),
    ['WITHDRAWN'],
  );
  const scope = fc.record({
    discloser: fc.boolean(),
    recipient: fc.boolean(),
    purpose: fc.boolean(),
    categories: fc.boolean(),
  });
  const speaker: fc.Arbitrary<Partial<NoStatement>> = fc.record({
    decision: fc.constantFrom('REFUSED' as const, 'WITHDRAWN' as const),
    statedBy: fc.constantFrom('PERSON' as const, 'GUARDIAN' as const, 'LEGAL_REPRESENTATIVE' as const),
    ageBand: fc.constantFrom('UNDER_15' as const, 'FROM_15_TO_17' as const, 'ADULT' as const),
    recordedBy: fc.constantFrom('mbe', 'jmd', 'schule', 'jobcenter', 'somebody else'),
  });
  holds(t, fc.tuple(anyWorld, scope, speaker), ([world, names, by]) => {
    if (permitted(world).length === 0) return NOT_MEANT;
    const { person, discloser, recipient, purpose } = world.question;
    const categories = world.question.entries.flatMap((one) => one.filedUnder ?? [one.category]);
    const named = {
      discloser: names.discloser ? discloser : null,
      recipient: names.recipient ? recipient : null,
      purpose: names.purpose ? purpose : null,
      categories: names.categories ? categories : null,
    };
    const stopped = hearing(world, stopEverything({ ...by, ...named, person, recordedAt: NOW }));
    const told = decide(stopped.question, stopped.facts).entries;
    const toldNo = told.every(
      (one) => one.outcome === 'WITHHOLD' && (one.reasons.includes(by.decision!) || one.reasons[0] === 'UNREADABLE'),
    );
    return toldNo ? undefined : tell(world, stopped);
  });
  holds(t, fc.tuple(anyWorld, speaker), ([world, { statedBy, ageBand, recordedBy }]) => {
    const secret = world.question.entries.filter((one) => one.secrecy).map((one) => one.id);
    if (!permitted(world).some((id) => secret.includes(id))) return NOT_MEANT;
    const said = {
      person: world.question.person,
      statedBy: statedBy!,
      ageBand: ageBand!,
      recordedBy: recordedBy!,
      recordedAt: NOW,
    };
    const stopped = having(world, {
      releases: [
        ...world.facts.releases,
        withdrawnRelease({ ...said, id: 'new', origin: null, recipient: null, categories: null }),
      ],
    });
    return permitted(stopped).some((id) => secret.includes(id)) ? tell(world, stopped) : undefined;
  });
  t.end();
});

t.test('a release alone never permits', (t) => {
  t.strictSame(answerTo(world({ releases: [release()] }, { entries: [entry({ secrecy: true })] })), ['NO_CONSENT']);
  holds(t, fc.tuple(anyWorld, anyRelease), ([world, more]) => {
    const without = having(world, { statements: [] });
    const released = having(without, {
      releases: [...world.facts.releases, { ...more, id: 'new' }, release({ id: 'new 2' })],
    });
    return permitted(released).length === 0 ? undefined : tell(released);
  });
  t.end();
});

t.test("a release is the person's own", (t) => {
  const asked = { entries: [entry({ secrecy: true, concerns: ['anna', 'ben'] })] };
  const statements = [given(), given({ id: 's2', person: 'ben' })];
  t.strictSame(
    answerTo(world({ statements, releases: [release()] }, asked)),
    ['SECRECY_RELEASE_MISSING'],
    'not the other’s',
  );
  t.strictSame(
    answerTo(world({ statements, releases: [release(), release({ id: 'f2', person: 'ben' })] }, asked)),
    'PERMIT',
  );
  holds(t, fc.tuple(anyWorld, fc.constantFrom('anna', 'ben')), ([world, person]) => {
    const secret = world.question.entries
      .filter((one) => one.secrecy && one.concerns.includes(person))
      .map((one) => one.id);
    if (!permitted(world).some((id) => secret.includes(id))) return NOT_MEANT;
    const another = person === 'anna' ? 'ben' : 'anna';
    const swapped = having(world, {
      releases: world.facts.releases.map((one) => (one.person === person ? { ...one, person: another } : one)),
    });
    return permitted(swapped).some((id) => secret.includes(id)) ? tell(world, swapped) : undefined;
  });
  t.end();
});

t.test('every person concerned must agree', (t) => {
  t.strictSame(answerTo(world({ statements: [given()] }, { entries: [entry({ concerns: ['anna', 'ben'] })] })), [
    'NO_CONSENT',
  ]);
  holds(t, fc.tuple(anyWorld, fc.constantFrom('anna', 'ben')), ([world, silent]) => {
    const about = world.question.entries.filter((one) => one.concerns.includes(silent)).map((one) => one.id);
    if (!permitted(world).some((id) => about.includes(id))) return NOT_MEANT;
    const unheard = having(world, { statements: world.facts.statements.filter((one) => one.person !== silent) });
    return permitted(unheard).some((id) => about.includes(id)) ? tell(world, unheard) : undefined;
  });
  holds(t, anyWorld, (world) => {
    if (permitted(world).length === 0) return NOT_MEANT;
    const asked = {
      ...world.question,
      entries: world.question.entries.map((one) => ({ ...one, concerns: [...one.concerns, 'carla'] })),
    };
    const more = { ...world, question: asked };
    return permitted(more).length === 0 ? undefined : tell(world, more);
  });
  t.end();
});
