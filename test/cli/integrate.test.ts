/** docs/integrate.md, pasted into a shell against a sandbox, as an integrator would in one afternoon. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';
import { markedIn, passagesOf, runPassages, timeless } from '../support/passages.ts';
import { t } from '../support/t.ts';

t.setTimeout(300_000);

const PAGE = await readFile(join(ROOT, 'docs/integrate.md'), 'utf8');
const GENERATED = join(ROOT, 'docs/integrate/laufzettel.ts');
const TSC = join(ROOT, 'node_modules/typescript-7/bin/tsc');
const run = promisify(execFile);

t.test('the afternoon goes as the page tells it', async (t) => {
  const passages = passagesOf(PAGE);
  t.equal(passages.length, markedIn(PAGE), 'each bash block has what it prints');

  const TMPDIR = (await newDataDir(t)).replace(/\/data$/, '');
  const sandbox = startChild('src/cli/sandbox.ts', ['--port', '0'], { environment: { TMPDIR } });
  t.teardown(async () => {
    sandbox.process.kill('SIGINT');
    await sandbox.ended;
    await rm(GENERATED, { force: true });
  });
  const line = await sandbox.lineThat((one) => one.startsWith('export EXCHANGE='));
  const { printed, stderr, code } = await runPassages(passages, (script) => `set -u\n${line}\n${script}`);
  t.equal(code, 0);
  t.equal(stderr, '');
  for (const [index, { output }] of passages.entries()) {
    t.equal(timeless(printed[index] ?? ''), timeless(output), `passage ${index + 1}`);
  }

  t.ok(existsSync(GENERATED), 'the client was generated');
  const options = '--noEmit --strict --module nodenext --target es2024 --skipLibCheck --types node';
  const file = join(ROOT, 'docs/integrate/first-forwarding.ts');
  const checked = await run(process.execPath, [
    TSC,
    ...options.split(' '),
    '--allowImportingTsExtensions',
    '--ignoreConfig',
    file,
  ]).catch((error: { stdout: string }) => error);
  t.equal(checked.stdout, '', 'and the program compiles with it');
});

t.test('the sandbox ends by Ctrl-C and leaves nothing; what it does not know it says', async (t) => {
  const TMPDIR = (await newDataDir(t)).replace(/\/data$/, '');
  const sandbox = startChild('src/cli/sandbox.ts', ['--port', '0'], { environment: { TMPDIR } });
  const line = await sandbox.lineThat((one) => one.startsWith('export EXCHANGE='));
  const keys = /KEYS=(\S+)/.exec(line)![1]!;
  t.ok(existsSync(join(keys, 'arge-pinneberg.json')));
  sandbox.process.kill('SIGINT');
  t.match(await sandbox.ended, { exitCode: 0, stderr: '' });
  t.notOk(existsSync(keys), 'keys and database are gone');
  t.match(await startChild('src/cli/sandbox.ts', ['--port', 'no']).ended, { exitCode: 2, stderr: /Usage/ });
  t.match(await startChild('src/cli/sandbox.ts', ['--help']).ended, { exitCode: 0, stdout: /Usage/ });
});

t.test('what the page points at is there', async (t) => {
  for (const [, link] of PAGE.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
    if (link!.endsWith('integrate/laufzettel.ts')) continue;
    t.ok(existsSync(join(ROOT, 'docs', link!)), link ?? '');
  }
});
