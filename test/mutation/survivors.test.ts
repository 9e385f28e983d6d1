import { t } from '../support/t.ts';
import { type Mutant, survivorsIn, tally } from './survivors.ts';

const SOURCE = 'const a = 1;\nconst b = a ||\n  2;\n';
const mutant = (status: string, start: [number, number], end: [number, number], replacement: string): Mutant => ({
  file: 'src/domain/x.ts',
  location: { start: { line: start[0], column: start[1] }, end: { line: end[0], column: end[1] } },
  mutatorName: 'any',
  replacement,
  status,
});

t.test('what the tests notice counts as killed, whether they fail or never end', async (t) => {
  const all = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored'].map((status) =>
    mutant(status, [1, 1], [1, 2], ''),
  );
  t.match(tally(all), { killed: 3, survived: 2, percent: 60 });
  t.equal(tally([]).percent, 0, 'a file without mutants was not tried');
});

t.test('a survivor is told by its file, its text and what took its place', async (t) => {
  const later = mutant('Survived', [2, 11], [3, 4], 'a && 2');
  const first = mutant('NoCoverage', [1, 11], [1, 12], '0');
  const killed = mutant('Killed', [1, 11], [1, 12], '2');
  t.same(survivorsIn('src/domain/x.ts', SOURCE, [later, killed, first]), [
    '| x.ts | `1` | `0` |',
    '| x.ts | `a \\|\\| 2` | `a && 2` |',
  ]);
  t.same(survivorsIn('src/domain/y.ts', SOURCE, [later]), []);
});
