/** What processes have used, from /proc (proc(5)): CPU of one process, of a whole server with its children, and memory. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in these; sysconf(_SC_CLK_TCK) is 100 on every platform that Node runs on. */
const TICK_MICROSECONDS = 10_000;

interface Stat {
  parent: number;
  /** Of the process itself, and of children that have ended; microseconds. */
  own: number;
  ended: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((place) => fields[place]!);
    return {
      parent: parent!,
      own: (user! + system!) * TICK_MICROSECONDS,
      ended: (endedUser! + endedSystem!) * TICK_MICROSECONDS,
    };
  } catch {
    return null;
  }
}

/** CPU of a process with all its threads so far, microseconds. */
export const cpuOf = (pid: number): number => statOf(pid)?.own ?? 0;

/** CPU of a PostgreSQL server so far: its first process, those that it has started, and those of them that have ended. */
export function cpuOfServer(postmaster: number): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = statOf(pid);
    if (stat === null) continue;
    if (pid === postmaster) sum += stat.own + stat.ended;
    else if (stat.parent === postmaster) sum += stat.own;
  }
  return sum;
}

/** Resident memory now, and the most that it ever was, MiB. */
export function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) / 1024;
  return { resident: of('VmRSS'), peak: of('VmHWM') };
}
