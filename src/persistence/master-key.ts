/**
 * Master keys: what wraps the data keys, and is never in the database. A process may know several, while they are changed:
 * it opens with whichever made a wrapping, and makes new ones with the one that the database says is in use.
 */
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { OperatorError } from '../domain/operator-error.ts';
import { decrypt, encrypt, KEY_BYTES } from './seal.ts';

/** Bytes of a fingerprint that say which master key wrapped a key; the migrations know them too. */
const FINGERPRINT_BYTES = 8;
/** A file with the keys is read again at most so often, however many wrappings do not open. */
const READ_AGAIN_AFTER_MS = 1_000;

export interface KeyWrapper {
  /** name: what the secret is for; a wrapping that is moved elsewhere does not open. */
  wrap(name: string, secret: Buffer): Buffer;
  /** Throws an OperatorError when another master key made it, and an Error when it was changed or moved. */
  unwrap(name: string, wrapped: Buffer): Buffer;
}

/** The fingerprint of the master key that made a wrapping, in hexadecimal digits. */
export const masterKeyOf = (wrapped: Buffer): string => wrapped.subarray(0, FINGERPRINT_BYTES).toString('hex');

/** One master key. */
export class MasterKey implements KeyWrapper {
  readonly #key: KeyObject;
  readonly #fingerprint: Buffer;

  /** @param bytes 32 bytes. */
  constructor(bytes: Buffer) {
    if (bytes.length !== KEY_BYTES) throw new Error('the master key must have 32 bytes');
    this.#key = createSecretKey(bytes);
    this.#fingerprint = createHash('sha256')
      .update('laufzettel master key')
      .update(bytes)
      .digest()
      .subarray(0, FINGERPRINT_BYTES);
  }

  /** As masterKeyOf tells it of a wrapping. */
  get fingerprint(): string {
    return this.#fingerprint.toString('hex');
  }

  wrap(name: string, secret: Buffer): Buffer {
    return Buffer.concat([this.#fingerprint, encrypt(this.#key, `key:${name}`, secret)]);
  }

  unwrap(name: string, wrapped: Buffer): Buffer {
    if (masterKeyOf(wrapped) !== this.fingerprint) throw otherMasterKey();
    return decrypt(this.#key, `key:${name}`, wrapped.subarray(FINGERPRINT_BYTES));
  }
}

/** The master keys that a process knows. */
export class MasterKeyRing implements KeyWrapper {
  readonly #read: () => readonly Buffer[];
  readonly #onUnreadable: (error: unknown) => void;
  #keys: ReadonlyMap<string, MasterKey>;
  #inUse: MasterKey;
  #readAt: number;

  /**
   * @param read gives the keys, 32 bytes each; called again when one is missing, so that a running process comes to know it.
   * @param onUnreadable told why they could not be read again; the known ones stay.
   */
  constructor(read: () => readonly Buffer[], onUnreadable: (error: unknown) => void = () => {}) {
    this.#read = read;
    this.#onUnreadable = onUnreadable;
    const keys = read().map((bytes) => new MasterKey(bytes));
    if (keys.length === 0) throw new Error('there must be a master key');
    this.#keys = new Map(keys.map((key) => [key.fingerprint, key]));
    this.#inUse = keys[0]!;
    this.#readAt = performance.now();
  }

  /** Fingerprint of the key that wraps what is new. */
  get inUse(): string {
    return this.#inUse.fingerprint;
  }

  /** From now on this key wraps what is new. false: it is not known, and the former one goes on. */
  use(fingerprint: string): boolean {
    const key = this.#find(fingerprint);
    if (key !== undefined) this.#inUse = key;
    return key !== undefined;
  }

  wrap(name: string, secret: Buffer): Buffer {
    return this.#inUse.wrap(name, secret);
  }

  unwrap(name: string, wrapped: Buffer): Buffer {
    const key = this.#find(masterKeyOf(wrapped));
    if (key === undefined) throw otherMasterKey();
    return key.unwrap(name, wrapped);
  }

  #find(fingerprint: string): MasterKey | undefined {
    if (!this.#keys.has(fingerprint)) this.#readAgain();
    return this.#keys.get(fingerprint);
  }

  #readAgain(): void {
    if (performance.now() - this.#readAt < READ_AGAIN_AFTER_MS) return;
    this.#readAt = performance.now();
    try {
      // What is in use stays known: a file from which it was struck too early is no reason to stop serving.
      const keys = [...this.#read().map((bytes) => new MasterKey(bytes)), this.#inUse];
      this.#keys = new Map(keys.map((key) => [key.fingerprint, key]));
    } catch (error) {
      this.#onUnreadable(error);
    }
  }
}

const otherMasterKey = (): OperatorError =>
  new OperatorError(
    'master-key-other',
    'The master key is another one than this database was set up with; set MASTER_KEY to that one, or restore the key file.',
  );
