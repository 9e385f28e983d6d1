/** What a run of tap says in its TAP version 14 output: counts, what failed and where, and how long each file took. */

export interface TapOutput {
  passed: number;
  failed: number;
  /** Each as `file > test > assertion (file:line)`, innermost alone: a test fails with what is in it. */
  failures: string[];
  /** Time of each test file in milliseconds, longest first. */
  files: { file: string; ms: number }[];
}

const INDENT = 4;
const TEST_FILE = /\.test\.ts$/;
const SUBTEST = /^( *)# Subtest: (.*)$/;
const RESULT = /^( *)(ok|not ok) \d+(?: - (.*?))?(?: # time=([\d.]+)ms)?(?: \{)?$/;
const PLACE = /^ +(fileName|lineNumber|exitCode|signal|failure|expired): (.+)$/;

export function readTapOutput(output: string): TapOutput {
  const summary = output.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? '';
  const count = (name: string) => Number(summary.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
  const failures: { path: string[]; details: Map<string, string> }[] = [];
  const files: TapOutput['files'] = [];
  const within: string[] = [];
  let open: { path: string[]; details: Map<string, string> } | undefined;
  for (const line of output.split('\n')) {
    const subtest = SUBTEST.exec(line);
    if (subtest) within.splice((subtest[1] ?? '').length / INDENT, within.length, subtest[2] ?? '');
    const result = RESULT.exec(line);
    if (result) {
      const [, indent = '', verdict, name = 'unnamed', ms] = result;
      const depth = indent.length / INDENT;
      if (TEST_FILE.test(name) && ms !== undefined) files.push({ file: name, ms: Number(ms) });
      open = verdict === 'ok' ? undefined : { path: [...within.slice(0, depth), name], details: new Map() };
      if (open) failures.push(open);
    } else if (open) {
      const place = PLACE.exec(line);
      if (place?.[1] && place[2] && !open.details.has(place[1])) open.details.set(place[1], place[2]);
    }
  }
  return {
    passed: count('pass'),
    failed: count('fail'),
    failures: innermost(failures).map(({ path, details }) => `${fromFile(path).join(' > ')}${said(details)}`),
    files: files.sort((a, b) => b.ms - a.ms),
  };
}

/** Above a test file may stand the process that ran it. */
function fromFile(path: string[]): string[] {
  const start = path.findIndex((name) => TEST_FILE.test(name));
  return start === -1 ? path : path.slice(start);
}

/** A failed assertion is followed by the tests and the file around it, which fail with it and say nothing new. */
function innermost<Failure extends { path: string[] }>(failures: readonly Failure[]): Failure[] {
  return failures.filter(
    (failure, index) =>
      !failures
        .slice(0, index)
        .some(({ path }) => path.length > failure.path.length && failure.path.every((name, at) => name === path[at])),
  );
}

function said(details: ReadonlyMap<string, string>): string {
  const place = details.has('fileName') ? `${details.get('fileName')}:${details.get('lineNumber') ?? '?'}` : undefined;
  const rest = ['failure', 'expired', 'exitCode', 'signal'].flatMap((name) => {
    const value = details.get(name);
    return value === undefined || value === 'null' ? [] : [`${name} ${value}`];
  });
  const all = [...(place ? [place] : []), ...rest];
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}
