import { answersBefore, CLOSURE_ANSWERS, STATUTE } from '../../src/domain/closure-answer.ts';
import { t } from '../support/t.ts';

t.test('which answer may follow on which', async (t) => {
  const rows = ['STOPPED → RETAINED', 'STOPPED → ERASED', 'RETAINED → ERASED'];
  for (const before of CLOSURE_ANSWERS) {
    for (const after of CLOSURE_ANSWERS) {
      const row = `${before} → ${after}`;
      t.equal(answersBefore(after).includes(before), rows.includes(row), row);
    }
  }
});

t.test('a statute is known by its sign and number', async (t) => {
  const rows: [string, boolean][] = [
    ['§ 84 SGB X', true],
    ['§84 SGB X', true],
    ['§§ 67c, 84 Abs. 3 SGB X', true],
    ['Art. 17 Abs. 3 lit. b DSGVO', true],
    ['§ 1', true],
    ['', false],
    ['SGB X', false],
    ['§ X', false],
    ['§§§ 84', false],
    ['because of § 84 SGB X', false],
    ['Art 17', false],
    [`§ 84 ${'x'.repeat(80)}`, false],
  ];
  for (const [text, isOne] of rows) t.equal(STATUTE.test(text), isOne, text);
});
