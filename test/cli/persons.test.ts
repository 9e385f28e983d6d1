import fc from 'fast-check';
import { inventPerson, mulberry32 } from '../../src/cli/demo/persons.ts';
import { parsePayload } from '../../src/contract/payload.ts';
import { CATEGORIES, type Category } from '../../src/domain/catalogue.ts';
import { t } from '../support/t.ts';

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

t.test('an invented person is valid in every category', async () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('UNDER_15', 'FROM_15_TO_17', 'ADULT'), (seed, ageBand) => {
      const person = inventPerson(seed, { ageBand });
      for (const category of CATEGORIES) {
        const result = parsePayload(category, person[category.toLowerCase() as Lowercase<Category>]);
        if (!result.ok) throw new Error(`${category}: ${JSON.stringify(result.errors)}`);
      }
    }),
    { numRuns: 500 },
  );
});

t.test('the same seed gives the same person, another seed another', async (t) => {
  t.same(inventPerson(42), inventPerson(42));
  const mailboxes = new Set(Array.from({ length: 500 }, (_, seed) => inventPerson(seed).kontakt.email));
  t.equal(mailboxes.size, 500);
});

t.test('mulberry32 gives the sequence known for seed 1', async (t) => {
  const next = mulberry32(1);
  t.same(
    [next(), next(), next()].map((value) => Math.floor(value * 2 ** 32)),
    [2693262067, 11749833, 2265367787],
  );
});

t.test('nobody can be called, written to or visited', async () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { telefon, email, anschrift } = inventPerson(seed).kontakt;
      if (!/^\+49 (30 23125|40 66969)\d{3}$/.test(telefon!)) throw new Error('a number outside the free ranges');
      if (!/^[a-z.0-9]+@example\.org$/.test(email!)) throw new Error('a mailbox outside example.org');
      if (Number(anschrift!.hausnummer) < 700) throw new Error('a house that may stand somewhere');
    }),
  );
});

t.test('a person has the age it was asked to have', async () => {
  const yearsOld = (born: string, today: string): number =>
    Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0);
  const bands = { UNDER_15: [6, 14], FROM_15_TO_17: [15, 17], ADULT: [18, 65] } as const;
  fc.assert(
    fc.property(seeds, fc.constantFrom('UNDER_15', 'FROM_15_TO_17', 'ADULT'), (seed, ageBand) => {
      const age = yearsOld(inventPerson(seed, { ageBand, today: '2027-02-28' }).stammdaten.geburtsdatum!, '2027-02-28');
      if (age < bands[ageBand][0] || age > bands[ageBand][1]) throw new Error(`${age} is not ${ageBand}`);
    }),
  );
});
