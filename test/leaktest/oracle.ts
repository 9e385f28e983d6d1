/**
 * Who may see what, at each moment: the life of disclosures as the contract has it. It is told what was done, in its order, and never
 * what the service stored. Like decide.ts it imports nothing of src/.
 */
import {
  type Agency,
  type Agreement,
  type Entry,
  type Handle,
  type Instant,
  isLive,
  type Row,
  reasonsAgainst,
  type Word,
} from './decide.ts';
import type { Reading, Succession } from './joint.ts';

/** What all cases share. */
export interface World {
  now: Instant;
  agencies: Agency[];
  agreements: Agreement[];
}

/** Everything about a few persons that have to do with each other, and with nobody else. */
export class Oracle implements Reading {
  readonly world: World;
  readonly statements: Word[] = [];
  readonly releases: Word[] = [];
  readonly rows: Row[] = [];
  /** Of what stands in a plan or in minutes: a correction takes its place there. */
  readonly #successions: Succession[] = [];
  #persons = 0;

  constructor(world: World) {
    this.world = world;
  }

  get agencies(): readonly Agency[] {
    return this.world.agencies;
  }

  get agreements(): readonly Agreement[] {
    return this.world.agreements;
  }

  get now(): Instant {
    return this.world.now;
  }

  /** From now on whatever corrects it is added. */
  newSuccession(entry: Entry): Succession {
    const succession = [entry];
    this.#successions.push(succession);
    return succession;
  }

  newPerson(): number {
    this.#persons += 1;
    return this.#persons;
  }

  // ── What ends a disclosure ──

  /** After every fact: what now meets a "no" closes, in the same instant, and with it what hangs on it. It never reopens. */
  settle(): void {
    for (let closed = true; closed; ) {
      closed = false;
      for (const row of this.rows) {
        if (row.closed || isLive(row, this.world.now, this)) continue;
        row.closed = true;
        closed = true;
      }
    }
  }

  /** Time goes on to that instant: at each one on the way at which anything begins or ends, what ends then ends for good. */
  timePasses(until: Instant): void {
    const { now } = this.world;
    for (const instant of this.boundaries().filter((one) => now < one && one <= until)) {
      this.world.now = instant;
      this.settle();
    }
    this.world.now = until;
    this.settle();
  }

  /** Instants at which something that is open may end, in their order. */
  boundaries(): Instant[] {
    if (!this.rows.some((row) => !row.closed)) return [];
    const all = new Set<Instant | null>();
    for (const agreement of this.agreements) all.add(agreement.from).add(agreement.until);
    for (const word of [...this.statements, ...this.releases]) {
      if (word.decision === 'GIVEN') all.add(word.validFrom).add(word.validUntil);
    }
    for (const row of this.rows) all.add(row.acceptBy).add(row.entry.guardFrom);
    return [...all].filter((one) => one !== null).sort((one, other) => one - other);
  }

  closeAll(which: (row: Row) => boolean): void {
    for (const row of this.rows) if (which(row)) row.closed = true;
    this.settle();
  }

  /** Two handles are one person from now on, with all that was said to either. */
  unite(one: Handle, other: Handle, handles: readonly Handle[]): void {
    const gone = other.person;
    for (const handle of handles) if (handle.person === gone) handle.person = one.person;
    this.settle();
  }

  /**
   * The old entry is replaced: whoever holds it live gets the new one on the same hop, where the check permits it; who passes
   * on has to hold the new one itself first. Then what was disclosed of the old one closes.
   */
  correct(old: Entry, entry: Entry): void {
    old.replaced = true;
    for (const one of this.#successions) if (one.at(-1) === old) one.push(entry);
    const held = this.rows.filter((row) => row.entry === old && isLive(row, this.world.now, this));
    for (let grew = true; grew; ) {
      grew = false;
      for (const row of [...held]) {
        const hop = { person: row.about.person, from: row.from, to: row.to, purpose: row.purpose };
        if (reasonsAgainst(entry, hop, this.world.now, this).length > 0) continue;
        this.rows.push({ ...row, entry, closed: false, fetched: 'no' });
        held.splice(held.indexOf(row), 1);
        grew = true;
      }
    }
    this.closeAll((row) => row.entry === old);
  }

  // ── Who may see what ──

  /** Its author unless it has been erased; whoever holds it by a disclosure that is live at this moment. Nobody else. */
  mayRead(agency: number, entry: Entry): boolean {
    if (entry.origin === agency) return !entry.concerns[0]!.erased;
    return this.rows.some((row) => row.entry === entry && row.to === agency && isLive(row, this.world.now, this));
  }

  /** What the recipient of a forwarding reads in it now. */
  entriesOf(forwarding: string): Entry[] {
    return this.rows
      .filter((row) => row.forwarding === forwarding && isLive(row, this.world.now, this))
      .map((row) => row.entry);
  }
}

/** Fourteen days of the calendar later, the same time of day in Berlin. */
export function acceptLimit(sentAt: Instant): Instant {
  const day = 86_400_000;
  const offset = (at: Instant): number => {
    const shown = new Date(at).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
    return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000;
  };
  const sameClock = sentAt + 14 * day + offset(sentAt);
  // The offset of the day itself decides; near a change of summer time the first guess may be an hour off.
  const guess = sameClock - offset(sameClock - offset(sentAt));
  return sameClock - offset(guess);
}
