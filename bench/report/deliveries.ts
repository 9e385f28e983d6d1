/** bench/DELIVERIES.md. */
import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import type { Client } from 'pg';
import type { SteadilyDone } from '../measure/steady.ts';
import { commit } from './results.ts';

export interface Delays {
  came: number;
  /** Milliseconds. */
  p50: number;
  p90: number;
  p99: number;
  most: number;
}

export interface SteadyResult {
  forwarded: SteadilyDone;
  /** From true forwardings, and from rows written as they write them. */
  forwardings: Delays;
  rows: Delays;
  /** Processors in use while it was forwarded. */
  serviceCpu: number;
  postgresCpu: number;
}

export interface Backlog {
  webhooks: number;
  came: number;
  seconds: number;
  /** Microseconds a delivery. */
  serviceCpu: number;
  postgresCpu: number;
}

export interface Idle {
  /** Of one processor. */
  serviceShare: number;
  postgresShare: number;
  /** Events a second. */
  numbered: number;
  writing: number;
}

export interface Measured {
  steady: SteadyResult;
  none: Delays;
  some: Delays;
  backlogs: readonly Backlog[];
  idle: Idle;
  seconds: { steady: number; turns: number; turn: number };
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const row = (name: string, { came, p50, p90, p99, most }: Delays): string =>
  `| ${name} | ${whole(came)} | ${p50} | ${p90} | ${p99} | ${most} |`;
const reached = (is: boolean): string => (is ? 'yes' : '**no**');

export async function reportOf(owner: Client, measured: Measured): Promise<string> {
  const { rows: versions } = await owner.query('SHOW server_version');
  const { steady, none, some, backlogs, idle, seconds } = measured;
  const { forwarded, forwardings, rows } = steady;
  const slowest = Math.min(...backlogs.map(({ came, seconds }) => came / seconds));
  return `# How fast events are delivered

Written by \`npm run bench -- --deliveries\`. A hundred agencies with a webhook each; the receivers are one other process, which answers 204 at once.

| | |
|---|---|
| machine | ${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, ${arch()}; load, service, receivers and PostgreSQL all on it |
| versions | Node ${process.versions.node}, PostgreSQL ${versions[0].server_version} |
| commit | ${commit()} |
| service | one process, all walls up |
| load average at the end | ${loadavg()[1]!.toFixed(1)} in five minutes; what of it is above ${cpus().length} is other work that had its share of the processors |

| | aim | measured | |
|---|---|---|---|
| p50 from the event to the receiver, at ${whole(forwarded.rate)} forwardings a second | < 100 ms | ${forwardings.p50} ms | ${reached(forwardings.p50 < 100)} |
| deliveries a second, sustained | ≥ 300 | ${whole(slowest)} | ${reached(slowest >= 300)} |
| p99 of the others, three of a hundred in trouble, against none | no worse | ${some.p99} and ${none.p99} ms | |

## From the event to the receiver

Milliseconds from \`time\` of the event, which its transaction reads before it commits, until the receiver has the request; so writing and committing are in it.
Forwardings in an open loop over REST for ${seconds.steady} s (answered within ${whole(forwarded.p50)} ms at p50, ${whole(forwarded.p99)} ms at p99; service ${percent(steady.serviceCpu)} and PostgreSQL ${percent(steady.postgresCpu)} of a processor);
and events written by SQL as a forwarding writes them, 100 a second, with nothing else to do.

| | events | p50 | p90 | p99 | most |
|---|---|---|---|---|---|
${row('by forwarding', forwardings)}
${row('rows alone', rows)}

## Three receivers out of order

${seconds.turns} times ${seconds.turn} s each, by turns: all hundred receivers well; and one that refuses connections, one that never answers, one that takes a second. What the others got, 100 events a second in all.

| | events | p50 | p90 | p99 | most |
|---|---|---|---|---|---|
${row('all are well', none)}
${row('the others, with three in trouble', some)}

## A backlog

| webhooks | events | seconds | deliveries a second | CPU of the service each, µs | CPU of PostgreSQL each, µs |
|---|---|---|---|---|---|
${backlogs.map((one) => `| ${one.webhooks} | ${whole(one.came)} | ${one.seconds.toFixed(1)} | ${whole(one.came / one.seconds)} | ${whole(one.serviceCpu)} | ${whole(one.postgresCpu)} |`).join('\n')}

## Numbering

With nothing to do the service takes ${percent(idle.serviceShare)} of a processor and PostgreSQL ${percent(idle.postgresShare)}, numbering, clocks and looks at webhooks together.
Of a backlog ${whole(idle.numbered)} events a second were numbered, where no webhook was active.
`;
}
