/**
 * npm run bench: the four works against the floor, bench/compare.ts.
 *   -- --quick        the same table in two minutes, rougher
 *   -- --growth       whether a request costs more when there is ten times as much, bench/growth.ts
 *   -- --soak         ten minutes at 64 connections, bench/soak.ts
 *   -- --statements   CPU of PostgreSQL a statement, bench/statements.ts
 *   -- --deliveries   how fast events reach webhooks, bench/deliveries.ts
 *   -- --where        where a request spends its time, bench/where.ts
 * Each says in its head what else it takes.
 */
const OTHERS = ['growth', 'soak', 'statements', 'deliveries', 'where'] as const;

const other = OTHERS.find((one) => process.argv.includes(`--${one}`));
if (other !== undefined) process.argv = process.argv.filter((one) => one !== `--${other}`);
await import(`./${other ?? 'compare'}.ts`);
