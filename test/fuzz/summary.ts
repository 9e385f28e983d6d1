import { DESCRIBED } from './description.ts';
import type { Report } from './run.ts';

/** Operations of which no request was taken; a long run does them all. */
export const neverDone = ({ operations }: Report): string[] =>
  DESCRIBED.map(({ id }) => id).filter((id) => !operations.has(id));

/** The last line of a run. */
export function summary({ requests, statuses, done, changed, findings }: Report, seed: number): string {
  const classes = Object.entries(statuses)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, many]) => `${many} ${name}`);
  return `${requests} requests, ${classes.join(', ')}, ${done} operations done, ${changed} of them changes, ${findings.length} findings, seed ${seed}`;
}
