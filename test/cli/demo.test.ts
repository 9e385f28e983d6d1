/** `npm run demo`, as somebody at a terminal meets it: it tells, it checks, it leaves nothing behind. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createNarrator, StoryBroke, WIDTH, wrap } from '../../src/cli/demo/narrator.ts';
import { startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';
import { t } from '../support/t.ts';

/** Three exchanges are started from nothing, each with a database of its own. */
t.setTimeout(240_000);

/** A folder for temporary files, to see what stays in it. */
async function newTmpdir(t: Parameters<typeof newDataDir>[0]): Promise<string> {
  const directory = await newDataDir(t);
  await mkdir(directory, { mode: 0o711 });
  return directory;
}

/** Plays with this story; `story` is the source of a function of the cast. */
const playing = (story: string): string[] => [
  '--eval',
  `import { playDemo } from './src/cli/demo/play.ts';
   import { tellStory } from './src/cli/demo/story.ts';
   import { EXPECTED } from './src/cli/demo/expected.ts';
   process.exit(await playDemo({ quiet: true, story: ${story} }));`,
];

t.test('the story goes as told, from a fresh exchange to none', async (t) => {
  const TMPDIR = await newTmpdir(t);
  const { exitCode, stdout, stderr } = await startChild('src/cli/demo.ts', [], { environment: { TMPDIR } }).ended;
  t.equal(exitCode, 0, stderr);
  t.equal(stderr, '');
  for (const line of [
    'POST /v1/laufzettel/',
    '✓ 403 consent-missing',
    '· stays: STAMMDATEN (who she is): she was not asked, or did not say yes [NO_CONSENT]',
    '[FORM_INSUFFICIENT]',
    '✓ it reads exactly what she agreed to',
    'POST /graphql  (query ReadForwarding)',
    '[SECRECY_RELEASE_MISSING]',
    '[RESIDENCE_GUARD]',
    '✓ nothing is left to read, and the case is blocked',
    'she took her yes back [WITHDRAWN]',
    '✓ each was read, and each has ended',
    '✓ it sees every hop of what it wrote',
    '✓ the case is answered',
    '✓ and knows that the old one is over',
    '✓ 422 rule-broken',
    '✓ the Diakonieverein erased what it had',
    'RETAINED, § 147 AO',
    '✓ the Laufzettel is completed',
    '✓ Jugendmigrationsdienst Kirchenkreis Rantzau signed these very words',
    '✓ under a text with another year the signature does not hold',
    '· □ Evet, bu veriler verilebilir.',
    '✓ SHA-256 of the plain text is its hash',
    '✓ how to reach her stands on no paper; with that, nothing is recorded',
    '✓ each yes names the paper that it stands on',
    '✓ the first version of the plan: one part, the same to both',
    '✓ declined, and why',
    '✓ the second version has two parts, and nothing of what was declined',
    '✓ what she agreed to is on the agenda, asked again at that moment',
    '✓ the note stayed: it was asked for on no paper',
    '✓ the conference shows it the task once it was sent, and not before',
    '✓ the first one, today',
    '✓ the third version',
    '✓ nobody overwrites silently: it is told what stands there now',
    '✓ no part of the plan is left to it',
    '✓ the agenda is empty',
    '✓ her no stands: a guardian alone does not lift it',
    '✓ and the answer to all that was read: erased',
    '· on the page: Kurum verileri sildi.',
  ]) {
    t.ok(stdout.includes(line), line);
  }
  t.match(stdout, /\n72 steps, 297 checks, all as told, in \d+ seconds\.\n$/);
  t.notMatch(stdout, /✗|undefined|\[object/);
  const lines = stdout.split('\n');
  t.same(
    lines.filter((line) => [...line].length > WIDTH || line !== line.trimEnd()),
    [],
    'lines fit the terminal',
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with it
  t.notMatch(stdout, /\x1b/, 'no colours where there is no terminal');
  const requests = lines.filter((line) => /^ +(GET|POST) \//.test(line)).join('\n');
  t.notMatch(
    requests,
    /Samira|Namudhaji|Oksana|Zrazkovych|Gülcan|Misaloğlu|BG-2026|JMD|example\.org/,
    'no URL holds personal data',
  );
  t.same(await readdir(TMPDIR), [], 'nothing is left');
});

t.test('an expectation that does not hold ends the story with 1 and says what was expected', async (t) => {
  const TMPDIR = await newTmpdir(t);
  const goes = `[...EXPECTED.goesAfterSpokenYes, 'LEISTUNG']`;
  const story = `(cast) => tellStory(cast, { ...EXPECTED, goesAfterSpokenYes: ${goes} })`;
  const { exitCode, stdout, stderr } = await startChild('--input-type=module', playing(story), {
    environment: { TMPDIR },
  }).ended;
  t.equal(exitCode, 1);
  t.match(stdout, /5 {2}The ARGE asks what would go now/, 'the step');
  t.match(stdout, /✗ three may go\n +expected +\["STAMMDATEN","KONTAKT","SPRACHE","LEISTUNG"\]/);
  t.match(stdout, /was +\["STAMMDATEN","KONTAKT","SPRACHE"\]/);
  t.notMatch(stdout, /as told/);
  t.match(stderr, /^\nNot as told: 1 of \d+ did not/);
  t.same(await readdir(TMPDIR), [], 'nothing is left');
});

t.test('an answer with another status, or with a problem, is not as told', async (t) => {
  const rows = [
    { status: 404, problem: 'not-found', was: '{"status":404,"problem":"not-found"}' },
    // GraphQL answers 200 and has the problem inside.
    { status: 200, problem: 'consent-missing', was: '{"status":200,"problem":"consent-missing"}' },
  ] as const;
  for (const { status, problem, was } of rows) {
    let text = '';
    const narrator = createNarrator({ write: (more) => (text += more), colours: false, quiet: true });
    narrator.step('The ARGE', 'asks.');
    const answer = Promise.resolve({ request: 'GET /v1/x', status, problem, body: null });
    await t.rejects(narrator.told(answer, 200), StoryBroke);
    t.equal(
      text,
      `   1  The ARGE asks.\n      ✗ ${status} ${problem}\n        expected  200\n        was       ${was}\n`,
    );
  }
});

t.test('Ctrl-C stops and removes the exchange', async (t) => {
  const TMPDIR = await newTmpdir(t);
  const demo = startChild('src/cli/demo.ts', [], { environment: { TMPDIR } });
  await demo.lineThat((line) => line.startsWith('1. The ARGE'));
  const [directory] = await readdir(TMPDIR);
  const { port } = JSON.parse(await readFile(join(TMPDIR, directory!, 'data', 'postgres.json'), 'utf8'));
  t.equal(await answersAt(port), true);
  demo.process.kill('SIGINT');
  t.match(await demo.ended, { exitCode: 130, stderr: /^Interrupted; the exchange was stopped and removed\.\n$/ });
  t.equal(await answersAt(port), false, 'its database is stopped');
  t.same(await readdir(TMPDIR), [], 'nothing is left');
});

function answersAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

t.test('help is help, and what is not known is refused', async (t) => {
  t.match(await startChild('src/cli/demo.ts', ['--help']).ended, { exitCode: 0, stdout: /--quiet/, stderr: '' });
  t.match(await startChild('src/cli/demo.ts', ['--loud']).ended, { exitCode: 2, stdout: '', stderr: /Usage/ });
});

t.test('text is wrapped by words, and cut where a word is too long', async (t) => {
  t.same(wrap('one two', '  '), ['  one two']);
  t.same(wrap(`${'a'.repeat(60)} ${'b'.repeat(60)}`, '  ', '    '), [`  ${'a'.repeat(60)}`, `    ${'b'.repeat(60)}`]);
  t.ok(wrap('x'.repeat(450), '   ').every((line) => line.length <= WIDTH));
  t.same(wrap('\none\n\ntwo', ' '), ['', ' one', '', ' two']);
});
