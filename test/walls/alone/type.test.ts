/**
 * Wall 2 alone: what hands content out without the check does not compile, and what the compiler cannot see is refused when it
 * runs. Nothing decides, stores or encrypts here. All snippets are one program; each has a twin that differs only in doing it
 * right and does compile, so that it fails for the reason meant.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { viewEntry, viewForwarding } from '../../../src/contract/views.ts';
import { type Disclosed, disclose, own } from '../../../src/domain/disclosure.ts';
import type { Permit } from '../../../src/domain/facts.ts';
import { entry, NOW } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What every snippet begins with: a stored entry, its content, a permit, a value that was disclosed, and how an entry is shown. */
const GIVEN = `
import { type Disclosed, type Own, disclose, own } from '${ROOT}src/domain/disclosure.ts';
import type { EntryMeta, Permit, Withhold } from '${ROOT}src/domain/facts.ts';
import { decide } from '${ROOT}src/domain/consent.ts';
import { type EntryView, viewEntry, viewForwarding } from '${ROOT}src/contract/views.ts';
import type { AllRuns } from '${ROOT}src/handlers/kit.ts';
declare const stored: EntryMeta & { createdAt: number };
declare const payload: { familienname: string };
declare const permit: Permit;
declare const withhold: Withhold;
declare const disclosed: Disclosed<{ familienname: string }>;
declare const header: { sentAt: number; changedAt: number };
declare function open(): unknown;
const around = { handles: [], replaces: null, replacedBy: null };
export const used = [disclose, own, decide, viewEntry, viewForwarding, stored, payload, permit, withhold, disclosed, header, open, around];
export type Used = [Own, EntryView, AllRuns];
`;

/** TypeScript's codes: 2322 and 2345 not assignable, 2540 read-only, 2554 an argument is missing. */
const SNIPPETS: [name: string, code: number, wrong: string, right: string][] = [
  [
    'a view of a raw entry',
    2322,
    'viewEntry({ disclosed: { entry: stored, payload }, ...around });',
    'viewEntry({ disclosed, ...around });',
  ],
  [
    'a view of the stored entry itself',
    2322,
    'viewEntry({ disclosed: stored, ...around });',
    'viewEntry({ disclosed: disclose(stored, own("mbe"), open), ...around });',
  ],
  [
    'a forwarding’s view with a raw entry',
    2322,
    'viewForwarding({ header, entries: [{ disclosed: { entry: stored, payload }, ...around }], closedEntries: [], disclosed: [] });',
    'viewForwarding({ header, entries: [{ disclosed, ...around }], closedEntries: [], disclosed: [] });',
  ],
  [
    'a disclosed value made by hand',
    2322,
    'export const one: Disclosed = { entry: stored, payload };',
    'export const one: Disclosed = disclose(stored, permit, () => payload);',
  ],
  [
    'a disclosed value with a brand made by hand',
    2322,
    'export const one: Disclosed = { entry: stored, payload, made: true };',
    'export const one: Disclosed = disclosed;',
  ],
  [
    'a class that says it is one',
    2322,
    'class Mine { protected readonly made = true; entry = stored; payload = payload }\nexport const one: Disclosed = new Mine();',
    'class Mine { protected readonly made = true; entry = stored; payload = payload }\nexport const one: Disclosed = disclosed; new Mine();',
  ],
  [
    'a spread copy of a disclosed value',
    2322,
    'export const one: Disclosed = { ...disclosed };',
    'export const one: Disclosed = disclosed;',
  ],
  [
    'a spread copy with another content',
    2322,
    'export const one: Disclosed = { ...disclosed, payload: { familienname: "x" } };',
    'export const one = { ...disclosed, payload: { familienname: "x" } };',
  ],
  [
    'a copy by its members',
    2322,
    'const { entry, payload: content } = disclosed;\nexport const one: Disclosed = { entry, payload: content };',
    'const { entry, payload: content } = disclosed;\nexport const one = { entry, payload: content };',
  ],
  [
    'another content put into a disclosed value',
    2540,
    'disclosed.payload = payload;',
    'export const one: { familienname: string } = disclosed.payload;',
  ],
  [
    'another entry put into a disclosed value',
    2540,
    'disclosed.entry = stored;',
    'export const one: EntryMeta = disclosed.entry;',
  ],
  [
    'a type that was widened and is taken back',
    2322,
    'const wide: { entry: object; payload: unknown } = disclosed;\nexport const one: Disclosed = wide;',
    'const wide: { entry: object; payload: unknown } = disclosed;\nexport const one: { payload: unknown } = wide;',
  ],
  [
    'unknown taken for disclosed',
    2322,
    'const wide: unknown = disclosed;\nexport const one: Disclosed = wide;',
    'const wide: unknown = disclosed;\nexport const one: unknown = wide;',
  ],
  [
    'a disclosed value of another content',
    2322,
    'export const one: Disclosed<{ telefon: string }> = disclosed;',
    'export const one: Disclosed<{ familienname: string }> = disclosed;',
  ],
  [
    'a permit made by hand',
    2345,
    'disclose(stored, { outcome: "PERMIT", entry: stored.id, reliedOn: permit.reliedOn }, open);',
    'disclose(stored, permit, open);',
  ],
  ['a spread copy of a permit', 2345, 'disclose(stored, { ...permit }, open);', 'disclose(stored, permit, open);'],
  [
    'a permit turned to another entry',
    2345,
    'disclose(stored, { ...permit, entry: stored.id }, open);',
    'disclose(stored, permit, open);',
  ],
  ['a permit’s entry written over', 2540, 'permit.entry = stored.id;', 'export const one: string = permit.entry;'],
  [
    'a withholding',
    2345,
    'disclose(stored, withhold, open);',
    'export const one = permit.outcome === "PERMIT" ? disclose(stored, permit, open) : null;',
  ],
  [
    'a decision that nobody looked at',
    2345,
    'export const show = (decision: Permit | Withhold) => disclose(stored, decision, open);',
    'export const show = (decision: Permit | Withhold) => decision.outcome === "PERMIT" && disclose(stored, decision, open);',
  ],
  ['no basis at all', 2554, 'disclose(stored, open);', 'disclose(stored, permit, open);'],
  ['null for a basis', 2345, 'disclose(stored, null, open);', 'disclose(stored, permit, open);'],
  [
    'a raw content as the answer of an operation',
    2322,
    'export const run: AllRuns["getEntry"] = async () => ({ ...stored, payload });',
    'export const run: AllRuns["getEntry"] = async () => viewEntry({ disclosed, ...around });',
  ],
  [
    'a view with another content as the answer',
    2322,
    'export const run: AllRuns["getEntry"] = async () => ({ ...viewEntry({ disclosed, ...around }), payload });',
    'export const run: AllRuns["getEntry"] = async () => viewEntry({ disclosed, ...around });',
  ],
  [
    'a list of raw contents as the answer',
    2322,
    'export const run: AllRuns["listEntries"] = async () => ({ items: [{ ...stored, payload }], nextCursor: null });',
    'export const run: AllRuns["listEntries"] = async () => ({ items: [viewEntry({ disclosed, ...around })], nextCursor: null });',
  ],
  [
    'raw contents in the answer about a forwarding',
    2322,
    'export const run: AllRuns["getForwarding"] = async () => ({ ...header, entries: [{ ...stored, payload }] });',
    'export const run: AllRuns["getForwarding"] = async () => ({ ...header, entries: [viewEntry({ disclosed, ...around })] });',
  ],
  [
    'a raw content when a request is told again',
    2322,
    'export const replay: AllRuns["addEntry"]["replay"] = async () => ({ ...stored, payload });',
    'export const replay: AllRuns["addEntry"]["replay"] = async () => viewEntry({ disclosed, ...around });',
  ],
];

/** Compiles files of one program; gives the codes of the errors of each. */
async function compile(files: Readonly<Record<string, string>>): Promise<Map<string, number[]>> {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-types-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const compilerOptions = { typeRoots: [join(ROOT, 'node_modules/@types')], noUnusedLocals: false };
    const project = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files: Object.keys(files) };
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(project));
    const tsc = join(ROOT, 'node_modules/typescript-7/bin/tsc');
    // tap instruments every child by NODE_OPTIONS, and the compiler does not bear it.
    const command = ['-u', 'NODE_OPTIONS', process.execPath, tsc, '-p', directory, '--pretty', 'false'];
    const output = await new Promise<string>((resolve, reject) => {
      execFile('env', command, { cwd: directory }, (error, stdout) =>
        stdout === '' ? reject(error ?? new Error('nothing was at fault')) : resolve(stdout),
      );
    });
    const codes = new Map<string, number[]>(Object.keys(files).map((name) => [name, []]));
    for (const [, path, code] of output.matchAll(/^(\S+?)\(\d+,\d+\): error TS(\d+)/gm)) {
      const name = path!.split('/').at(-1)!;
      codes.set(name, [...(codes.get(name) ?? []), Number(code)]);
    }
    return codes;
  } finally {
    await rm(directory, { recursive: true });
  }
}

t.test('what hands content out without the check does not compile', async (t) => {
  const files = Object.fromEntries(
    SNIPPETS.flatMap(([, , wrong, right], index) => [
      [`wrong-${index}.mts`, `${GIVEN}\n${wrong}\n`],
      [`right-${index}.mts`, `${GIVEN}\n${right}\n`],
    ]),
  );
  const found = await compile(files);
  for (const [index, [name, code]] of SNIPPETS.entries()) {
    t.same(found.get(`right-${index}.mts`), [], `${name}: its twin compiles`);
    t.same(found.get(`wrong-${index}.mts`), [code], name);
  }
  t.equal(found.size, 2 * SNIPPETS.length, 'nothing else was at fault');
});

t.test('what the compiler cannot see is refused when it runs', async (t) => {
  const stored = { ...entry({ origin: 'mbe' }), createdAt: NOW };
  const real = disclose(stored, own('mbe'), () => ({ familienname: 'Erfunden' }));
  const around = { handles: [], replaces: null, replacedBy: null };
  t.match(viewEntry({ disclosed: real, ...around }), { payload: { familienname: 'Erfunden' } });
  const header = { sentAt: NOW, changedAt: NOW };
  const lookAlikes: [string, unknown][] = [
    ['a raw entry', { entry: stored, payload: {} }],
    ['Object.assign to a new object', Object.assign({}, real)],
    ['structuredClone', structuredClone(real)],
    ['its heir', Object.create(real)],
    ['itself behind a proxy', new Proxy(real, {})],
    ['what went through JSON', JSON.parse(JSON.stringify(real))],
    ['a spread', { ...real }],
  ];
  for (const [name, one] of lookAlikes) {
    const entries = [{ disclosed: one as Disclosed, ...around }];
    const refused = { message: 'a view is made of disclosed values only' };
    t.throws(() => viewEntry(entries[0]!), refused, name);
    t.throws(() => viewForwarding({ header, entries, closedEntries: [], disclosed: [] }), refused, name);
  }
  t.throws(() => Object.assign(real, { payload: {} }), TypeError, 'and a real one is not changed');

  let opened = 0;
  const open = () => {
    opened += 1;
    return {};
  };
  const forged = { outcome: 'PERMIT', entry: stored.id, reliedOn: {} } as unknown as Permit;
  for (const basis of [forged, Object.assign({}, forged), new Proxy(forged, {}), own('caritas')]) {
    t.throws(() => disclose(stored, basis, open), { message: /does not belong/ });
  }
  t.equal(opened, 0, 'nothing was opened for a forged basis');
});
