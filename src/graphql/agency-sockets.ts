/** Which sockets an agency has open at this instance: not too many, and none once it is suspended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import type { EventNews } from '../usecases/ports.ts';

const MOST_OF_ONE = 100;
/** Then it is looked without any news. */
const LOOK_AFTER_MS = 30_000;
/** While the database does not answer. */
const LOOK_AGAIN_MS = 1_000;

export interface OpenSocket {
  caller: Caller;
  end(problem: Problem): void;
}

export interface AgencySocketsOptions {
  news: EventNews;
  /** Number of the last event that the caller's agency was told; or the problem of whoever may not ask. Never throws. */
  lastOf(caller: Caller): Promise<number | Problem>;
}

type Sockets = Set<OpenSocket>;

export class AgencySockets {
  readonly #options: AgencySocketsOptions;
  /** By agency, or by system for those of the admin. */
  readonly #open = new Map<string, { sockets: Sockets; emptied: AbortController }>();

  constructor(options: AgencySocketsOptions) {
    this.#options = options;
  }

  /** Lets it in; or the problem. */
  enter(socket: OpenSocket): Problem | null {
    const key = keyOf(socket.caller);
    const present = this.#open.get(key);
    if (present === undefined) {
      const opened = { sockets: new Set([socket]), emptied: new AbortController() };
      this.#open.set(key, opened);
      if (socket.caller.agency !== null) void this.#watch(socket.caller.agency, opened.sockets, opened.emptied.signal);
      return null;
    }
    if (present.sockets.size >= MOST_OF_ONE) return tooMany;
    present.sockets.add(socket);
    return null;
  }

  leave(socket: OpenSocket): void {
    const key = keyOf(socket.caller);
    const present = this.#open.get(key);
    if (!present?.sockets.delete(socket) || present.sockets.size > 0) return;
    this.#open.delete(key);
    present.emptied.abort();
  }

  /** Any event may be that of its suspension, which is told to the agency itself: then asking is refused. */
  async #watch(agency: string, sockets: Sockets, emptied: AbortSignal): Promise<void> {
    const { news, lastOf } = this.#options;
    while (!emptied.aborted) {
      const mark = news.mark();
      const [one] = sockets;
      const last = await lastOf(one!.caller);
      if (!isProblem(last)) {
        const wait = { after: last, ms: LOOK_AFTER_MS, mark, signal: emptied, isCounted: true };
        if ((await news.wait(agency, wait)) === 'over') return;
      } else if (last.problem === 'agency-suspended') {
        for (const socket of sockets) socket.end(last);
        return;
      } else {
        await sleep(LOOK_AGAIN_MS, undefined, { signal: emptied, ref: false }).catch(() => {});
      }
    }
  }
}

const keyOf = ({ agency, client }: Caller): string => agency ?? `system:${client}`;

const tooMany = problem(
  'rate-limited',
  `Your agency has ${MOST_OF_ONE} sockets open already; one carries all that you subscribe to.`,
  { extra: { retryAfterSeconds: 5 } },
);
