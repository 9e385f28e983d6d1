/** Papers that a client was asked to sign. */
import type { AskedLine, ConsentTextKind, ConsentTextScope } from '../../domain/consent-text.ts';
import type { AgeBand } from '../../domain/facts.ts';
import type { Language } from '../../domain/languages.ts';
import type { Actor, Position, Sealed } from './ground.ts';

/** All but its words. */
export interface ConsentTextRecord extends ConsentTextScope {
  id: string;
  language: Language;
  ageBand: AgeBand;
  /** SHA-256 of its words in UTF-8, in hexadecimal digits. */
  textHash: string;
}
export type SealedConsentText = ConsentTextRecord & { sealed: Sealed };

export interface NewConsentText {
  id: string;
  kind: ConsentTextKind;
  lines: readonly AskedLine[];
  textHash: string;
  sealed: Buffer;
}

export interface ConsentTextStore {
  /** All of them, or none; noted as one. too-many: as many about this client as may be kept. */
  make(
    actor: Actor,
    made: Pick<ConsentTextRecord, 'clientId' | 'language' | 'statedBy' | 'ageBand' | 'validUntil' | 'createdAt'> & {
      texts: readonly NewConsentText[];
      /** For the audit. */
      subject: object;
    },
    mostOfClient: number,
  ): Promise<'ok' | 'too-many'>;
  get(actor: Actor, id: string): Promise<SealedConsentText | null>;
  /** Newest first. clientId null: about every client of the actor's. null: the client is not the actor's. */
  list(
    actor: Actor,
    clientId: string | null,
    after: Position | null,
    most: number,
  ): Promise<SealedConsentText[] | null>;
  /** Deletes what has ended and was never signed; how many ended ones it has looked at. */
  forget(most: number): Promise<number>;
}

/** Within the transaction that records. */
export interface ConsentTextTransaction {
  /** Of the texts with these hashes the actor's own. */
  consentTextsNamed(actor: Actor, hashes: readonly string[]): Promise<ConsentTextRecord[]>;
}
