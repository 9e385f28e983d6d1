import { t } from './t.ts';
import { readTapOutput } from './tap-output.ts';

const OUTPUT = `TAP version 14
1..3
# Subtest: test/good.test.ts
    ok 1 - holds # time=1.5ms
    1..1
ok 1 - test/good.test.ts # time=20.5ms

# Subtest: test/bad.test.ts
    # Subtest: outer
        # Subtest: inner
            not ok 1 - numbers
              ---
              compare: ===
              at:
                fileName: test/bad.test.ts
                lineNumber: 7
              ...
            1..1
        not ok 1 - inner # time=4ms
          ---
          at:
            fileName: test/bad.test.ts
            lineNumber: 5
          ...
        1..1
    not ok 1 - outer # time=5ms
    1..1
not ok 2 - test/bad.test.ts # time=1200.25ms

not ok 3 - test/slow.test.ts # time=120000ms
  ---
  failure: timeout
  exitCode: null
  signal: SIGTERM
  ...

# { total: 3, pass: 1, fail: 2 }
# time=934.859ms
`;

t.test('failures are told by their path, innermost alone, a file that was ended too', async (t) => {
  t.strictSame(readTapOutput(OUTPUT), {
    passed: 1,
    failed: 2,
    failures: [
      'test/bad.test.ts > outer > inner > numbers (test/bad.test.ts:7)',
      'test/slow.test.ts (failure timeout, signal SIGTERM)',
    ],
    files: [
      { file: 'test/slow.test.ts', ms: 120000 },
      { file: 'test/bad.test.ts', ms: 1200.25 },
      { file: 'test/good.test.ts', ms: 20.5 },
    ],
  });
});

t.test('the process that several files share stands in no path, and is no file', async (t) => {
  const shared = OUTPUT.slice(OUTPUT.indexOf('# Subtest'), OUTPUT.indexOf('not ok 3')).replaceAll(/^(?=.)/gm, '    ');
  const output = `TAP version 14
# Subtest: ../share-1.ts
${shared}    1..2
not ok 1 - ../share-1.ts # time=1300ms
`;
  const { failures, files } = readTapOutput(output);
  t.same(failures, ['test/bad.test.ts > outer > inner > numbers (test/bad.test.ts:7)']);
  t.same(files, [
    { file: 'test/bad.test.ts', ms: 1200.25 },
    { file: 'test/good.test.ts', ms: 20.5 },
  ]);
});

t.test('a run that wrote nothing has nothing passed', async (t) => {
  t.strictSame(readTapOutput(''), { passed: 0, failed: 0, failures: [], files: [] });
});
