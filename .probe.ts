import { rhythms } from './src/delivery/rhythms.ts';
import { startOfDayBerlin } from './src/domain/calendar.ts';
import { comesBy } from './test/delivery/calendar-oracle.ts';

const [, , turnus, from] = process.argv;
const r = { turnus, from: startOfDayBerlin(from) };
let n = rhythms.since(r, r.from - 1, r.from - 1).next;
const f = [];
while (n && f.length < 8) {
  f.push(new Date(n).toISOString().slice(0, 16));
  n = rhythms.since(r, n, n).next;
}
console.log(f.join(' '));
console.log(
  comesBy(turnus, from, 3)
    .slice(0, 8)
    .map((a) => new Date(a).toISOString().slice(0, 16))
    .join(' '),
);
