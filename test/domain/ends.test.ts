import fc from 'fast-check';
import { goodUntil } from '../../src/domain/consent.ts';
import { endsOf } from '../../src/domain/ends.ts';
import { day, entry, facts, given, NOW, question, row } from '../support/consent-world.ts';
import { t } from '../support/t.ts';

t.test('many ends at once are those that each has by itself, own and passed on', async (t) => {
  const days = fc.integer({ min: 1, max: 300 });
  const many = fc.array(fc.record({ own: fc.boolean(), held: days, again: days }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(many, days, (wanted, consented) => {
      const entries = wanted.map(({ own }, index) => entry({ id: `e${index}`, origin: own ? 'jmd' : 'mbe' }));
      const held = wanted.flatMap(({ held, again }, index) => [
        row({ id: `r${index}`, entry: `e${index}`, from: 'mbe', to: 'jmd', goodUntil: day(held) }),
        row({ id: `s${index}`, entry: `e${index}`, from: 'mbe', to: 'jmd', goodUntil: day(again) }),
      ]);
      const said = ['jmd', 'mbe'].flatMap((discloser) =>
        ['jmd', 'schule']
          .filter((recipient) => recipient !== discloser)
          .map((recipient) =>
            given({
              id: `${discloser}-${recipient}`,
              discloser,
              recipient,
              recordedBy: discloser,
              validUntil: day(consented),
            }),
          ),
      );
      const asked = question({ discloser: 'jmd', recipient: 'schule', at: NOW, entries });
      const known = facts({ rows: held, statements: said });
      const ends = endsOf(asked, entries, known);
      for (const one of entries) {
        const alone = goodUntil(asked, one, known);
        if (ends.get(one.id) !== alone) throw new Error(`${one.id} ends ${ends.get(one.id)}, alone ${alone}`);
        if (alone <= NOW) throw new Error('it is not permitted, and says nothing');
      }
    }),
  );
  t.pass();
});

t.test('of facts that cannot be read there are no ends', async (t) => {
  const asked = question({ discloser: 'mbe', recipient: 'schule', at: NOW, entries: [entry({})] });
  const unreadable = facts({ statements: [{ ...given({}), ageBand: 'NOBODY' } as never] });
  t.throws(() => endsOf(asked, asked.entries, unreadable), RangeError);
});
