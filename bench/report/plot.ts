/** The rates as bars, one group a work and number of connections: SVG that needs no script, no font and no other file. */
import { TARGETS, type Target } from '../measure/works.ts';
import type { Line } from './summary.ts';

const FILL: Record<Target, string> = { floor: '#b8b8b8', REST: '#1f5fa8', GraphQL: '#7fb2e5' };
const BAR = 22;
const GROUP = BAR * TARGETS.length + 26;
const [LEFT, TOP, HEIGHT, BOTTOM] = [60, 50, 260, 60];

export function plotOf(lines: readonly Line[]): string {
  const groups = [...new Set(lines.map(({ work, connections }) => `${work} · ${connections}`))];
  const highest = Math.max(...lines.map((one) => one.rate));
  const width = LEFT + groups.length * GROUP + 20;
  const height = TOP + HEIGHT + BOTTOM;
  const bars = lines.map((line) => {
    const group = groups.indexOf(`${line.work} · ${line.connections}`);
    const x = LEFT + group * GROUP + TARGETS.indexOf(line.target) * BAR;
    const tall = (line.rate / highest) * HEIGHT;
    const y = TOP + HEIGHT - tall;
    const label = `<text x="${x + BAR / 2 - 1}" y="${y - 4}" text-anchor="middle" font-size="9">${Math.round(line.rate)}</text>`;
    return `<rect x="${x}" y="${y.toFixed(1)}" width="${BAR - 2}" height="${tall.toFixed(1)}" fill="${FILL[line.target]}"/>${label}`;
  });
  const names = groups.map(
    (name, index) =>
      `<text x="${LEFT + index * GROUP + (BAR * TARGETS.length) / 2}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${name}</text>`,
  );
  const legend = TARGETS.map(
    (target, index) =>
      `<rect x="${LEFT + index * 110}" y="14" width="14" height="14" fill="${FILL[target]}"/><text x="${LEFT + index * 110 + 20}" y="26">${target}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Requests a second by work and connections: floor, REST, GraphQL">
<rect width="${width}" height="${height}" fill="white"/>
${legend.join('\n')}
<line x1="${LEFT - 8}" x2="${width - 12}" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT}" stroke="black"/>
${bars.join('\n')}
${names.join('\n')}
<text x="${LEFT}" y="${height - 14}" font-size="11">requests a second; below each group the work and the number of connections</text>
</svg>
`;
}
