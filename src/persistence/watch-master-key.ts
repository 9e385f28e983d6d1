/** A running instance comes to know when another master key is in use, and wraps with that one from then on. */
import type { Database } from './database.ts';
import type { MasterKeyRing } from './master-key.ts';

/** `npm run rotate-master-key` waits several of these before it takes the former key out of use. */
export const LOOK_EVERY_MS = 1_000;

interface WatchOptions {
  readonly database: Pick<Database, 'masterKeyInUse'>;
  readonly ring: MasterKeyRing;
  /** Another one is in use, and is known. */
  readonly onChanged: () => void;
  /** Another one is in use, and is not known: what is wrapped by it cannot be opened here. Told once. */
  readonly onUnknown: () => void;
}

export interface MasterKeyWatch {
  /** Whether the master key in use was known when it was last looked at. */
  isKnown(): boolean;
  /** Waits for a look that is under way. */
  stop(): Promise<void>;
}

export function watchMasterKey({ database, ring, onChanged, onUnknown }: WatchOptions): MasterKeyWatch {
  let known = true;
  let running: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    // A database that does not answer has others to say so.
    const found = await database.masterKeyInUse().catch(() => null);
    if (found === null || (known && found === ring.inUse)) return;
    const isNew = found !== ring.inUse;
    const isKnown = ring.use(found);
    if (isKnown && isNew) onChanged();
    if (!isKnown && known) onUnknown();
    known = isKnown;
  };
  const timer = setInterval(() => {
    running ??= look().finally(() => {
      running = null;
    });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    isKnown: () => known,
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
