import type { RaceReport } from './settle.ts';

/** The last line of a run. */
export function lastLine(report: RaceReport, seed: number): string {
  const withdrawals = Object.values(report.endings).reduce((sum, many) => sum + many, 0);
  return (
    `${report.rounds} rounds, ${report.calls} calls, ${report.reads} reads (${report.shown} showed something), ` +
    `${report.disclosures} disclosures, ${withdrawals} withdrawals and other endings, ${report.refusals} refusals; ` +
    `${report.contested} calls met an ending (${report.won} forwardings before it, ${report.lost} after it), ` +
    `${report.hungUp} hung up, ${report.overloaded} overloaded; ${report.violations.length} violations, seed ${seed}`
  );
}
