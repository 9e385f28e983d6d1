/** The laws of docs/consent.md, by name, as properties of random worlds: those about what may leave. */
import fc from 'fast-check';
import { decide } from '../../../src/domain/consent.ts';
import type { EntryMeta, Facts, Permit } from '../../../src/domain/facts.ts';
import {
  agency,
  day,
  entry,
  facts,
  given,
  NOW,
  question,
  refused,
  release,
  row,
  type World,
  withdrawn,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { anyFactBreak, broken } from './any-break.ts';
import { anyWorld } from './any-world.ts';
import {
  answerTo,
  asking,
  having,
  namedBy,
  permits,
  permitsOf,
  permitted,
  tell,
  tellDecision,
  without,
  world,
} from './asking.ts';
import { holds, NOT_MEANT } from './holds.ts';

/** Worlds in which something is permitted; the others are not meant. */
const wherePermitted = (law: (world: World, found: Permit[]) => string | undefined) => (world: World) => {
  const found = permitsOf(world);
  return found.length === 0 ? NOT_MEANT : law(world, found);
};
const reasonsFor = ({ question, facts }: World, id: string): readonly string[] => {
  const told = decide(question, facts).entries.find((one) => one.entry === id);
  return told?.outcome === 'WITHHOLD' ? told.reasons : [];
};

const onwardWorld = (change: Partial<Facts> = {}) =>
  world(
    { statements: [given(), given({ id: 's2', recipient: 'jmd' })], rows: [row()], ...change },
    { discloser: 'jmd' },
  );

t.test('no agreement, no disclosure', (t) => {
  t.strictSame(answerTo(world({ statements: [given()], agreements: [] })), ['AGREEMENT']);
  holds(
    t,
    anyWorld,
    wherePermitted((world, found) => {
      const none = having(world, { agreements: [] });
      const told = found.every((one) => reasonsFor(none, one.entry).includes('AGREEMENT'));
      const named = found.every((one) => one.reliedOn.agreements.length > 0);
      return told && named ? undefined : tell(world, none);
    }),
  );
  t.end();
});

t.test("onward needs the origin's consent, the origin's agreement and a live row", (t) => {
  t.strictSame(answerTo(onwardWorld()), 'PERMIT');
  t.strictSame(
    answerTo(onwardWorld({ statements: [given({ discloser: 'jmd' }), given({ id: 's2', recipient: 'jmd' })] })),
    ['ONWARD_NOT_COVERED'],
    'the consent to the discloser is not the origin’s',
  );
  t.strictSame(answerTo(onwardWorld({ rows: [] })), ['ONWARD_NOT_HELD']);
  holds(
    t,
    anyWorld,
    wherePermitted((world, found) => {
      const { discloser, recipient } = world.question;
      const onward = found.filter((one) => one.reliedOn.row !== null);
      if (onward.length === 0) return NOT_MEANT;
      for (const { entry: id, reliedOn } of onward) {
        const origin = world.question.entries.find((one) => one.id === id)!.origin;
        const noConsent = having(world, {
          statements: world.facts.statements.filter((one) => one.discloser !== origin || one.recipient !== recipient),
        });
        if (!reasonsFor(noConsent, id).includes('ONWARD_NOT_COVERED')) return tell(world, noConsent);
        const noAgreement = having(world, {
          agreements: world.facts.agreements.filter((one) => !one.parties.some((party) => party.agency === origin)),
        });
        if (!reasonsFor(noAgreement, id).includes('AGREEMENT')) return tell(world, noAgreement);
        const noRow = having(world, { rows: world.facts.rows.filter((one) => one.to !== discloser) });
        if (`${reasonsFor(noRow, id)}` !== 'ONWARD_NOT_HELD') return tell(world, noRow);
        const held = world.facts.rows.find((one) => one.id === reliedOn.row)!;
        if (
          held.to !== discloser ||
          held.entry !== id ||
          held.closed !== null ||
          held.goodUntil <= NOW ||
          held.opened > NOW
        )
          return tell(world);
      }
      return undefined;
    }),
    3000,
  );
  t.end();
});

t.test('a document needs what its contents need', (t) => {
  const filed = { entries: [entry({ category: 'DOKUMENT', filedUnder: ['GESUNDHEIT'] })] };
  t.strictSame(answerTo(world({ statements: [given({ categories: ['DOKUMENT'] })] }, filed)), ['NO_CONSENT']);
  t.strictSame(
    answerTo(world({ statements: [given({ categories: ['DOKUMENT', 'GESUNDHEIT'], form: 'ORAL' })] }, filed)),
    ['FORM_INSUFFICIENT'],
  );
  holds(
    t,
    anyWorld,
    wherePermitted((world, found) => {
      const documents = world.question.entries.filter(
        (one) => one.category === 'DOKUMENT' && found.some((permit) => permit.entry === one.id),
      );
      if (documents.length === 0) return NOT_MEANT;
      for (const document of documents) {
        for (const category of document.filedUnder!) {
          const content = asking(world, { entries: [{ ...document, category, filedUnder: null }] });
          if (!permits(content)) return tell(world, content);
        }
      }
      return undefined;
    }),
    2000,
  );
  t.end();
});

t.test('the guard beats consent', (t) => {
  t.strictSame(
    answerTo(world({ statements: [given()], releases: [release()] }, { entries: [entry({ guardFrom: NOW })] })),
    ['RESIDENCE_GUARD'],
  );
  t.strictSame(
    answerTo(world({ statements: [given()], agencies: [agency()] }, { entries: [entry({ guardFrom: NOW })] })),
    ['RESIDENCE_GUARD'],
    'nor to whom nobody knows',
  );
  const guardFrom = fc.constantFrom(NOW, day(-1), day(-100));
  holds(t, fc.tuple(anyWorld, guardFrom, fc.boolean()), ([drawn, from, known]) => {
    const { recipient } = drawn.question;
    const others = without(drawn.facts.agencies, [recipient]);
    const open = having(drawn, { agencies: known ? [...others, agency({ id: recipient, publicBody: true })] : others });
    if (permitted(open).length === 0) return NOT_MEANT;
    const guarded = asking(open, { entries: open.question.entries.map((one) => ({ ...one, guardFrom: from })) });
    const told = permitted(open).every((id) => reasonsFor(guarded, id).includes('RESIDENCE_GUARD'));
    return told && permitted(guarded).length === 0 ? undefined : tell(open, guarded);
  });
  t.end();
});

t.test('a permit names exactly what it relied on', (t) => {
  const [named] = permitsOf(
    onwardWorld({
      statements: [
        given(),
        given({ id: 's0', statedAt: day(-20) }),
        given({ id: 's2', recipient: 'jmd' }),
        refused({ recordedAt: day(-15) }),
      ],
    }),
  );
  t.strictSame(named?.reliedOn, { agreements: ['k1'], statements: ['s1'], releases: [], row: 'r1' });
  holds(
    t,
    anyWorld,
    wherePermitted((world, found) => {
      for (const permit of found) {
        const asked = asking(world, { entries: world.question.entries.filter((one) => one.id === permit.entry) });
        const onlyNamed = having(asked, namedBy(asked));
        if (JSON.stringify(permitsOf(onlyNamed)) !== JSON.stringify([permit]))
          return `the rest is needed:\n${tell(asked, onlyNamed)}`;
        const { agreements, statements, releases, row } = permit.reliedOn;
        for (const id of [...agreements, ...statements, ...releases, ...(row === null ? [] : [row])]) {
          const lacking = having(onlyNamed, {
            agreements: without(onlyNamed.facts.agreements, [id]),
            statements: without(onlyNamed.facts.statements, [id]),
            releases: without(onlyNamed.facts.releases, [id]),
            rows: without(onlyNamed.facts.rows, [id]),
          });
          if (JSON.stringify(permitsOf(lacking)) === JSON.stringify([permit]))
            return `${id} makes no difference:\n${tell(onlyNamed, lacking)}`;
        }
      }
      return undefined;
    }),
    2000,
  );
  t.end();
});

t.test('an error withholds', (t) => {
  t.strictSame(
    answerTo(world({ statements: [given(), given({ id: 's2', person: 'ben', validUntil: day(400) })] })),
    ['UNREADABLE'],
    'even in what somebody else said',
  );
  const oneBroken = fc
    .tuple(anyWorld, anyFactBreak)
    .map(([world, change]) => ({ world, after: broken(world, change) }));
  holds(
    t,
    oneBroken,
    ({ world, after }) => {
      const told = decide(after.question, after.facts);
      const unreadable = told.entries.filter((one) => one.outcome === 'WITHHOLD' && `${one.reasons}` === 'UNREADABLE');
      const own = decide(world.question, world.facts).entries.filter(
        (one) => one.outcome === 'WITHHOLD' && `${one.reasons}` === 'UNREADABLE',
      );
      if (unreadable.length <= own.length) return NOT_MEANT;
      return unreadable.length === told.entries.length && told.refused ? undefined : tell(world, after);
    },
    2000,
  );
  holds(
    t,
    fc.record({ question: anyWorld.map((one) => one.question), facts: fc.anything() }),
    ({ question, facts }) => {
      const told = decide(question, facts as Facts);
      return told.refused && told.entries.every((one) => one.outcome === 'WITHHOLD') ? undefined : fc.stringify(facts);
    },
  );
  const anyList = fc.array(fc.anything(), { minLength: 1, maxLength: 2 });
  holds(
    t,
    fc.tuple(anyWorld, fc.constantFrom('agencies', 'agreements', 'statements', 'releases', 'rows'), anyList),
    ([world, name, list]) => {
      const nonsense = having(world, { [name]: list } as Partial<Facts>);
      return permitted(nonsense).length === 0 ? undefined : fc.stringify(nonsense);
    },
  );
  t.end();
});

t.test('a closed row stays closed', (t) => {
  t.strictSame(answerTo(onwardWorld({ rows: [row({ closed: day(-1) })] })), ['ONWARD_NOT_HELD']);
  t.strictSame(answerTo(onwardWorld({ rows: [row({ closed: day(1) })] })), ['ONWARD_NOT_HELD'], 'whatever the instant');
  t.strictSame(
    answerTo(
      onwardWorld({
        rows: [row({ closed: day(-1) })],
        statements: [
          given(),
          given({ id: 's2', recipient: 'jmd' }),
          given({ id: 's3', recipient: 'jmd', statedAt: NOW }),
        ],
      }),
    ),
    ['ONWARD_NOT_HELD'],
    'though there is a new yes',
  );
  const closing = fc.tuple(anyWorld, fc.constantFrom(day(-9), NOW, NOW + 1, day(900), 0, -1), fc.nat({ max: 9 }));
  holds(t, closing, ([world, closed, which]) => {
    const { rows } = world.facts;
    if (rows.length === 0) return NOT_MEANT;
    const chosen = rows[which % rows.length]!;
    const shut = having(world, { rows: rows.map((one) => (one === chosen ? { ...one, closed } : one)) });
    const gone = having(world, { rows: without(rows, [chosen.id]) });
    const [left, right] = [shut, gone].map((one) => tellDecision(decide(one.question, one.facts)));
    return left === right ? undefined : tell(shut, gone);
  });
  t.end();
});

t.test('two records that differ only in withheld data read the same', (t) => {
  const entries: EntryMeta[] = [entry(), entry({ id: 'e2', category: 'KONTAKT', guardFrom: day(-9) })];
  const record = facts({ statements: [given(), withdrawn({ id: 'n2', categories: ['KONTAKT'] })] });
  t.strictSame(
    permitsOf({ question: question({ entries }), facts: record }),
    permitsOf({ question: question(), facts: record }),
  );
  holds(
    t,
    anyWorld,
    wherePermitted((world, found) => {
      const ids = found.map((one) => one.entry);
      const bare = asking(world, { entries: world.question.entries.filter((one) => ids.includes(one.id)) });
      const others = world.question.entries.map((one) =>
        ids.includes(one.id) ? one : { ...one, id: `other ${one.id}`, guardFrom: day(-9), concerns: ['ben'] },
      );
      const different = asking(world, { entries: others });
      const same = [bare, different].every((one) => JSON.stringify(permitsOf(one)) === JSON.stringify(found));
      return same ? undefined : tell(world, bare, different);
    }),
  );
  t.end();
});
