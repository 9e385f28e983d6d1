/**
 * npm run bench -- --growth [--from PERSONS --to PERSONS]: whether a request costs more when there is ten times as much. PostgreSQL's
 * time a request at 100,000 Laufzettel and at 1,000,000, two systems beside each other that are asked by turns, of R1, of R2 on the
 * first page and on pages anywhere, and of W2; with the plans that it takes. Writes bench/GROWTH.md. Takes a quarter of an hour, most of
 * it for the filling, 20 GB of disk and 16 GB of memory.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { homeOf, idOf, nthOf, personOf, recipientOf } from './filling/plan.ts';
import { type Measured, measure } from './measure/measure.ts';
import type { Cursor, Work } from './measure/works.ts';
import { plansOf } from './report/plans.ts';
import { POSTGRES_SETTINGS, type System, startSystem } from './system.ts';

const CONNECTIONS = 16;
/** All of the larger one, so that what is compared is the work for a request and not the size of the buffers; the same for both. */
const SETTINGS = { ...POSTGRES_SETTINGS, shared_buffers: '14GB', effective_cache_size: '16GB' };
const WARM_UP_SECONDS = 15;
const ROUNDS = 3;
const SECONDS = 6;
/** Agencies whose whole inbox is walked through, for places in it. */
const WALKED = 20;
const WALKING_LIMIT = 200;

const { values } = parseArgs({
  options: { from: { type: 'string', default: '10000' }, to: { type: 'string', default: '100000' } },
});
const sizes = [Number(values.from), Number(values.to)];

const KINDS = [
  { name: 'R1', work: 'R1', deep: false },
  { name: 'R2, first page', work: 'R2', deep: false },
  { name: 'R2, any page', work: 'R2', deep: true },
  { name: 'W2', work: 'W2', deep: false },
] as const satisfies readonly { name: string; work: Work; deep: boolean }[];

interface Grown {
  name: string;
  /** At each size, the lowest round: microseconds of CPU of PostgreSQL a request. */
  cpu: number[];
  p50: number[];
}

async function cursorsOf(system: System): Promise<Cursor[]> {
  const tokens = await system.tokens();
  const cursors: Cursor[] = [];
  for (let agency = 0; agency < WALKED; agency++) {
    let cursor: string | null = null;
    do {
      const place: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer = await fetch(`${system.serviceUrl}/v1/inbox?limit=${WALKING_LIMIT}${place}`, {
        headers: { authorization: `Bearer ${tokens[agency]}` },
      });
      if (answer.status !== 200) throw new Error(`walking through an inbox was answered ${answer.status}`);
      cursor = ((await answer.json()) as { nextCursor: string | null }).nextCursor;
      if (cursor !== null) cursors.push({ agency, cursor });
    } while (cursor !== null);
  }
  return cursors;
}

/** Filling goes past the buffers. */
const PREWARM = `CREATE EXTENSION IF NOT EXISTS pg_prewarm;
  SELECT sum(pg_prewarm(c.oid::regclass)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i')`;

const say = (line: string): void => console.log(line);
const grown: Grown[] = KINDS.map(({ name }) => ({ name, cpu: [], p50: [] }));
const plans: string[] = [];
const systems: System[] = [];
let seed = 1;

/** One round of it at that size. */
const round = (place: number, work: Work, seconds: number, cursors: Cursor[] | null): Promise<Measured> =>
  measure(systems[place]!, {
    work,
    target: 'REST',
    connections: CONNECTIONS,
    seconds,
    warmUpSeconds: 2,
    persons: sizes[place]!,
    seed: seed++,
    ...(cursors === null ? {} : { cursors }),
  });

try {
  const cursors: Cursor[][] = [];
  for (const [place, persons] of sizes.entries()) {
    const began = performance.now();
    const system = await startSystem({ settings: SETTINGS });
    systems.push(system);
    await system.fill({ first: 0, end: persons });
    await system.owner.query(PREWARM);
    say(`${persons * 10} Laufzettel are there, after ${Math.round((performance.now() - began) / 1_000)} s`);
    cursors.push(await cursorsOf(system));
    for (const work of ['R1', 'W2'] as const) await round(place, work, WARM_UP_SECONDS, null);
  }
  for (const { name, work, deep } of KINDS) {
    const rounds: Measured[][] = sizes.map(() => []);
    for (let left = ROUNDS; left > 0; left--) {
      for (const place of sizes.keys())
        rounds[place]!.push(await round(place, work, SECONDS, deep ? cursors[place]! : null));
    }
    const lowest = (of: (one: Measured) => number): number[] => rounds.map((some) => Math.min(...some.map(of)));
    const one = { name, cpu: lowest(({ postgresCpu }) => postgresCpu), p50: lowest(({ p50 }) => p50) };
    grown[KINDS.findIndex((kind) => kind.name === name)] = one;
    say(`${name}: ${one.cpu.map(Math.round).join(' and ')} µs of PostgreSQL`);
  }
  for (const [place, system] of systems.entries()) plans.push(await plansAt(system, sizes[place]!, cursors[place]!));
} finally {
  for (const system of systems) await system.stop();
}
await writeFile(fileURLToPath(new URL('./GROWTH.md', import.meta.url)), text());
say('bench/GROWTH.md is written');

/** What PostgreSQL does for one of each, in the middle of it all. */
async function plansAt({ owner }: System, persons: number, cursors: readonly Cursor[]): Promise<string> {
  const slip = persons * 5;
  const person = personOf(slip);
  const [home, to] = [idOf('agency', homeOf(person)), idOf('agency', recipientOf(person, nthOf(slip)))];
  const sections: string[] = [];
  const tell = async (name: string, statement: string, parameters: unknown[]): Promise<void> => {
    sections.push(`### ${name}\n\n\`\`\`\n${await plansOf(owner, statement, parameters)}\n\`\`\``);
  };
  await tell('R1', 'SELECT api.read_forwarding($1, $2)', [to, idOf('forwarding', slip)]);
  const { rows } = await owner.query(
    'SELECT (extract(epoch FROM sent_at) * 1000)::bigint AS at, id FROM forwarding WHERE to_id = $1 ORDER BY sent_at, id OFFSET $2 LIMIT 1',
    [to, Math.floor((cursors.length * WALKING_LIMIT) / WALKED / 2)],
  );
  const after = rows[0] === undefined ? [null, null] : [rows[0].at, rows[0].id];
  await tell('R2, a page in the middle', 'SELECT api.list_forwardings($1, true, $2, $3, $4, 51)', [to, {}, ...after]);
  await tell('W2, the facts', 'SELECT api.load_forward($1, $2, $3, NULL)', [home, idOf('slip', slip), to]);
  return sections.join('\n\n');
}

function text(): string {
  const number = (value: number): string => Math.round(value).toLocaleString('en-US');
  const rows = grown.map(
    ({ name, cpu, p50 }) =>
      `| ${name} | ${number(cpu[0]!)} | ${number(cpu[1]!)} | ${((cpu[1]! / cpu[0]! - 1) * 100).toFixed(0)} % | ${p50[0]!.toFixed(2)} | ${p50[1]!.toFixed(2)} |`,
  );
  const [small, large] = sizes.map((persons) => number(persons * 10));
  return `# Growth

Written by \`npm run bench -- --growth\`: CPU of PostgreSQL a request (lowest of ${ROUNDS} rounds of ${SECONDS} s by turns, ${CONNECTIONS} connections, REST), with
${small} and with ${large} Laufzettel of 8 entries; all of it in\nshared_buffers (${SETTINGS.shared_buffers}). What it means: [docs/performance.md](../docs/performance.md).

| work | µs at ${small} | µs at ${large} | more | p50 ms at ${small} | p50 ms at ${large} |
|---|---|---|---|---|---|
${rows.join('\n')}

## Plans at ${large} Laufzettel

As auto_explain tells them, statements within functions too, each with what it did. What took no time is left out.

${plans.at(-1)}
`;
}
