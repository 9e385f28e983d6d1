/**
 * Wraps every data key and every key of the exchange by another master key, while the service runs.
 *
 * Contents stay as they are: what changes is the wrapping of the keys that open them. At any moment each key is wrapped by a
 * master key that the running instances know, so nothing has to stop, and a run that was cut off is done again from the
 * beginning: what it had done is seen and left. As the owner of the tables, for the service's role cannot change a wrapping.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { OperatorError } from '../domain/operator-error.ts';
import { withClient } from './connection.ts';
import { exchangeKeyName, SAYS_WHICH_MASTER_KEY } from './exchange-keys.ts';
import { MasterKey, MasterKeyRing, masterKeyOf } from './master-key.ts';
import { LOOK_EVERY_MS } from './watch-master-key.ts';

export interface Rotation {
  /** Keys that this run wrapped anew. */
  wrappedAnew: number;
  /** Keys of clients and of the exchange that the new master key opens now: all that there are. */
  checked: number;
}

export interface RotationOptions {
  /** 32 bytes each, the new one first; the former ones are needed to open what they wrapped. */
  readonly keys: readonly Buffer[];
  /** How long to wait for requests that began before the new key was known everywhere. Default 5 s. */
  readonly settleMs?: number;
  /** Told once new keys are to be wrapped by the new one. */
  readonly onAnnounced?: () => void;
  /** Told after each batch, in all so far. */
  readonly onProgress?: (wrappedAnew: number) => void;
}

/** Any number will do that nobody else uses. */
const ROTATION_LOCK = 6_204_917_302;
const BATCH = 500;
/** An instance may have begun a request just before it came to know the new key; longer than a handler may usually take to write. */
const SETTLE_MS = 5 * LOOK_EVERY_MS;
/** Writers wait while the tables are locked, so the lock is not waited for long, and asked for again. */
const LOCK_WITHIN = '2s';
const LOCK_TRIES = 30;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * @param url as laufzettel_migrator.
 * @throws OperatorError when a key was wrapped by a master key that is not among `keys`, or is damaged; then the former keys
 *   stay in use beside the new one, and nothing is lost.
 */
export async function rotateMasterKey(url: string, options: RotationOptions): Promise<Rotation> {
  return withClient(url, async (client) => {
    // Two runs at once would announce by turns; the second one waits, and finds little left to do.
    await client.query('SELECT pg_advisory_lock($1)', [ROTATION_LOCK]);
    const run = new Run(client, options);
    await run.announce();
    do await run.wrapClients();
    while (await run.foundAnyAfter(options.settleMs ?? SETTLE_MS));
    await run.retireFormerKeys();
    return { wrappedAnew: run.wrappedAnew, checked: await run.check() };
  });
}

interface Wrapped {
  name: string;
  wrapped: Buffer;
}

class Run {
  readonly #client: Client;
  readonly #new: MasterKey;
  readonly #ring: MasterKeyRing;
  readonly #options: RotationOptions;
  wrappedAnew = 0;

  constructor(client: Client, options: RotationOptions) {
    this.#client = client;
    this.#options = options;
    this.#ring = new MasterKeyRing(() => options.keys);
    this.#new = new MasterKey(options.keys[0]!);
  }

  /** From here on instances wrap what is new by the new key, and what the former one wrapped is accepted still. */
  async announce(): Promise<void> {
    const kept = await this.#exchangeKeys();
    // Opened before anything is written: with a key missing from the file nothing begins.
    for (const { name, wrapped } of kept) this.#ring.unwrap(exchangeKeyName(name), wrapped);
    const announced = kept.find(({ name }) => name === SAYS_WHICH_MASTER_KEY);
    if (kept.length > 0 && (!announced || !this.#isNew(announced.wrapped))) {
      await this.#client.query(
        `INSERT INTO exchange_key (name, wrapped, created_at) VALUES ($1, $2, api.clock_now())
         ON CONFLICT (name) DO UPDATE SET wrapped = excluded.wrapped`,
        [SAYS_WHICH_MASTER_KEY, this.#new.wrap(exchangeKeyName(SAYS_WHICH_MASTER_KEY), randomBytes(32))],
      );
    }
    this.#options.onAnnounced?.();
  }

  /** One pass over all clients. Gives how many were wrapped anew. */
  async wrapClients(): Promise<number> {
    let after = '00000000-0000-0000-0000-000000000000';
    let many = 0;
    for (;;) {
      const { rows } = await this.#client.query<Wrapped>(
        `SELECT client_id AS name, wrapped FROM client_key
         WHERE client_id > $1 AND substring(wrapped FROM 1 FOR 8) <> $2 ORDER BY client_id LIMIT ${BATCH}`,
        [after, Buffer.from(this.#new.fingerprint, 'hex')],
      );
      if (rows.length === 0) return many;
      many += await this.#wrapBatch(rows);
      after = rows.at(-1)!.name;
      this.#options.onProgress?.(this.wrappedAnew);
    }
  }

  async foundAnyAfter(ms: number): Promise<boolean> {
    await sleep(ms);
    return (await this.wrapClients()) > 0;
  }

  /** A key that was destroyed or wrapped anew meanwhile is left as it is: the statement names what it replaces. */
  async #wrapBatch(rows: readonly Wrapped[]): Promise<number> {
    const anew = rows.map(({ name, wrapped }) => this.#wrapAnew(`client:${name}`, wrapped));
    const { rowCount } = await this.#client.query(
      `UPDATE client_key k SET wrapped = n.anew FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS n (id, former, anew)
       WHERE k.client_id = n.id AND k.wrapped = n.former`,
      [rows.map(({ name }) => name), rows.map(({ wrapped }) => wrapped), anew],
    );
    this.wrappedAnew += rowCount ?? 0;
    return rowCount ?? 0;
  }

  #wrapAnew(name: string, wrapped: Buffer): Buffer {
    const secret = openedOrDamaged(this.#ring, name, wrapped);
    const anew = this.#new.wrap(name, secret);
    if (!this.#new.unwrap(name, anew).equals(secret)) throw new Error('a wrapping does not open to what was wrapped');
    return anew;
  }

  /**
   * The rest, and the exchange's own keys, while nobody writes wrappings: with this commit the former key wraps nothing, and
   * a wrapping that it made is refused from then on.
   */
  async retireFormerKeys(): Promise<void> {
    for (let left = LOCK_TRIES; ; left -= 1) {
      try {
        await this.#client.query('BEGIN');
        await this.#client.query(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`);
        await this.#client.query('LOCK TABLE client_key, exchange_key IN SHARE ROW EXCLUSIVE MODE');
        await this.wrapClients();
        await this.#wrapExchangeKeys();
        await this.#client.query('COMMIT');
        return;
      } catch (error) {
        await this.#client.query('ROLLBACK').catch(() => {});
        if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || left <= 1) throw error;
        await sleep(LOOK_EVERY_MS);
      }
    }
  }

  async #wrapExchangeKeys(): Promise<void> {
    for (const { name, wrapped } of await this.#exchangeKeys()) {
      if (this.#isNew(wrapped)) continue;
      const anew = this.#wrapAnew(exchangeKeyName(name), wrapped);
      await this.#client.query('UPDATE exchange_key SET wrapped = $2 WHERE name = $1', [name, anew]);
      this.wrappedAnew += 1;
    }
  }

  /** Opens every key by the new master key alone. Gives how many there are. */
  async check(): Promise<number> {
    const exchange = await this.#exchangeKeys();
    for (const { name, wrapped } of exchange) openedOrDamaged(this.#new, exchangeKeyName(name), wrapped);
    let checked = exchange.length;
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const { rows } = await this.#client.query<Wrapped>(
        `SELECT client_id AS name, wrapped FROM client_key WHERE client_id > $1 AND wrapped IS NOT NULL
         ORDER BY client_id LIMIT ${BATCH}`,
        [after],
      );
      if (rows.length === 0) return checked;
      for (const { name, wrapped } of rows) openedOrDamaged(this.#new, `client:${name}`, wrapped);
      checked += rows.length;
      after = rows.at(-1)!.name;
    }
  }

  async #exchangeKeys(): Promise<Wrapped[]> {
    return (await this.#client.query<Wrapped>('SELECT name, wrapped FROM exchange_key ORDER BY name')).rows;
  }

  #isNew(wrapped: Buffer): boolean {
    return masterKeyOf(wrapped) === this.#new.fingerprint;
  }
}

function openedOrDamaged(keys: MasterKey | MasterKeyRing, name: string, wrapped: Buffer): Buffer {
  try {
    return keys.unwrap(name, wrapped);
  } catch (cause) {
    const why =
      cause instanceof OperatorError
        ? 'was wrapped by a master key that is not in the file'
        : 'is damaged in the database';
    throw new OperatorError(
      'master-key-other',
      `The key of ${name} ${why}; nothing is lost, and the former master key has to stay in the file until that is mended.`,
      { cause },
    );
  }
}
