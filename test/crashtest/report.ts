import type { CrashReport } from './crash.ts';
import type { Finding } from './findings.ts';

const count = ({ findings }: CrashReport, kind: Finding['kind']): number =>
  findings.filter((one) => one.kind === kind).length;

export const isClean = (report: CrashReport): boolean => report.findings.length === 0;

/** One finding, ids only. */
export const lineOf = ({ kind, where, says }: Finding): string => `${kind} (${where}): ${says}`;

/** The last line of a run. */
export const lastLine = (report: CrashReport): string =>
  `${report.forwardings} forwardings, ${report.killed.kills} kills, ${report.events} events, ${report.deliveries} deliveries, ` +
  `${report.takenTwice} taken twice, ${count(report, 'LOST')} lost, ${count(report, 'INVENTED')} invented`;
