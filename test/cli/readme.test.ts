/** The walk-through of the README, pasted into a shell as a reader would, against the service that a reader starts. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';
import { markedIn, passagesOf, runPassages, timeless } from '../support/passages.ts';
import { t } from '../support/t.ts';

t.setTimeout(240_000);

const README = await readFile(join(ROOT, 'README.md'), 'utf8');
const SECTION = '## A first forwarding in ten minutes';
/** The section alone: it is told in one go. */
function sectionOf(readme: string): string {
  const begin = readme.indexOf(SECTION);
  return readme.slice(begin, readme.indexOf('\n## ', begin + 1));
}

t.test('the first forwarding goes as the README tells it', async (t) => {
  const passages = passagesOf(sectionOf(README));
  t.ok(passages.length >= 8, 'the section has its passages');
  t.equal(passages.length, markedIn(README), 'each bash block of the README is in it, with what it prints');

  const dataDir = await newDataDir(t);
  const service = startChild('src/main.ts', [], { environment: { DATA_DIR: dataDir, PORT: '0' } });
  t.teardown(async () => {
    service.process.kill('SIGTERM');
    await service.ended;
  });
  const url = /http:\/\/[\d.]+:\d+/.exec(await service.lineThat((line) => line.includes('Server listening at')))![0];

  const here = (script: string): string =>
    script.replaceAll('http://127.0.0.1:8080', url).replaceAll('data/keys', join(dataDir, 'keys'));
  const { printed, stderr, code } = await runPassages(passages, here);
  t.equal(code, 0);
  t.equal(stderr, '');
  for (const [index, { output }] of passages.entries()) {
    t.equal(timeless(printed[index] ?? ''), timeless(output), `passage ${index + 1}`);
  }
});

t.test('what the README points at is there', async (t) => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1]!);
  t.ok(links.length > 10);
  for (const link of links) t.ok(existsSync(join(ROOT, link)), link);
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  for (const [, name] of README.matchAll(/npm run (?:--silent )?(\w+)/g)) t.ok(name! in scripts, `npm run ${name}`);
});
