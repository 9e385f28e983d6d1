/** Cooperation agreements, their versions and signatures. */
import type { AgreementVersionTerms } from '../../domain/agreement.ts';
import type { SignatureFault } from '../../domain/agreement-signature.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { Actor, Position } from './ground.ts';

export interface OpenAmendment {
  number: number;
  signedBy: AgencyId[];
}

export interface AgreementRecord extends Omit<AgreementVersionTerms, 'parties'> {
  id: string;
  terminatedAt: Instant | null;
  /** Counts what its readers see. */
  version: number;
  /** Of the version that these terms are those of. */
  number: number;
  openAmendment: OpenAmendment | null;
  /** The highest number that a version has; 0: none has a text yet. */
  lastNumber: number;
  createdAt: Instant;
  /** When it was read. */
  asOf: Instant;
  parties: { agencyId: AgencyId; signedAt: Instant | null; leftAt: Instant | null }[];
}

/** A public key (RFC 7517) as it was registered. */
export type PublicJwk = Readonly<Record<string, string>>;

export interface AgreementSignature {
  /** Compact, with the text as its payload (RFC 7515). */
  jws: string;
  kid: string;
  jwk: PublicJwk;
  /** RFC 7638, SHA-256. */
  thumbprint: string;
}

/** Signed before signatures were kept: all of the signature is null. */
export type KeptSignature = { [Member in keyof AgreementSignature]: AgreementSignature[Member] | null } & {
  agencyId: AgencyId;
  agencyName: string;
  signedAt: Instant;
};

export interface AgreementVersionRecord {
  agreementId: string;
  number: number;
  /** The number of the version in force, or drafted first. */
  current: number;
  terms: AgreementVersionTerms;
  /** null in a list, where a signature's JWS is null as well. */
  text: string | null;
  textHash: string;
  proposedBy: AgencyId | null;
  proposedAt: Instant;
  inForceAt: Instant | null;
  withdrawnAt: Instant | null;
  signatures: KeptSignature[];
}

export interface Drafted {
  terms: AgreementVersionTerms;
  text: string;
  textHash: string;
}

export interface AgreementStore {
  list(actor: Actor, after: Position | null, most: number): Promise<AgreementRecord[]>;
  get(actor: Actor, id: string): Promise<AgreementRecord | null>;
  create(actor: Actor, agreement: { id: string } & Drafted): Promise<'ok' | 'party-unknown'>;
  /** What agencies are called; one that there is none of is left out. */
  names(actor: Actor, agencies: readonly AgencyId[]): Promise<Map<AgencyId, string>>;
  /** By number, after that one; `whole`: with texts and signatures. null: not the actor's to see. */
  versions(
    actor: Actor,
    agreementId: string,
    after: number,
    most: number,
    whole: boolean,
  ): Promise<AgreementVersionRecord[] | null>;
  /** Public keys of the actor's systems that are not switched off. */
  keys(actor: Actor): Promise<PublicJwk[]>;
  /** Agreements that were there before texts were, at most so many. */
  undrafted(
    most: number,
  ): Promise<{ id: string; terms: AgreementVersionTerms; names: Readonly<Record<AgencyId, string>> }[]>;
  /** false: somebody else has done it, or the terms are others by now. */
  draftFirst(id: string, drafted: Drafted): Promise<boolean>;
}

/** Whether these bytes were signed by one of these keys. A detached payload (RFC 7515 appendix F) is put back. */
export type SignatureCheck = (
  jws: string,
  text: string,
  keys: readonly PublicJwk[],
) => Promise<AgreementSignature | SignatureFault>;

export type Signed =
  | 'ok'
  | 'amended'
  | 'not-found'
  | 'version-unknown'
  | 'terminated'
  | 'ended'
  | 'withdrawn'
  | 'superseded'
  | 'left'
  | 'not-named'
  | 'signed'
  | 'key-gone';

export type Proposed =
  | 'ok'
  | 'not-found'
  | 'not-bound'
  | 'unsigned'
  | 'terminated'
  | 'ended'
  | 'open'
  | 'party-unknown'
  | 'party-missing'
  | 'until-past'
  | 'stale';

/** An open disclosure, as its reader is shown it. */
export interface AffectedDisclosure {
  disclosureId: string;
  entryId: string;
  category: string;
  origin: AgencyId;
  from: AgencyId;
  to: AgencyId;
  purpose: string;
  /** The reader's own handle. */
  clientId: string | null;
  /** null when the hop is between two others. */
  forwardingId: string | null;
  laufzettelId: string | null;
  openedAt: Instant;
}

/** What may change an agreement, each with the agreement locked and the persons whom its disclosures are about. */
export interface AgreementTransaction {
  /** amended: by leaving, for an open amendment lacked that signature alone. */
  changeAgreement(
    actor: Actor,
    id: string,
    change: 'TERMINATE' | 'LEAVE',
  ): Promise<'ok' | 'amended' | 'not-found' | 'conflict' | 'not-signed'>;
  signAgreement(actor: Actor, id: string, number: number, signature: AgreementSignature): Promise<Signed>;
  amendAgreement(
    actor: Actor,
    amendment: { agreementId: string; number: number; replaces: number } & Drafted,
  ): Promise<Proposed>;
  withdrawAmendment(actor: Actor, id: string): Promise<'ok' | 'not-found' | 'none' | 'not-proposer'>;
  /** As if all had signed the open version; such a transaction cannot be committed. false: none is open, or none could take effect. */
  tryAmendment(actor: Actor, id: string): Promise<boolean>;
  lockPersonsOfAgreement(id: string): Promise<string[]>;
  /** Of these those that the agency may see, the newest first, at most so many. */
  disclosuresAmong(reader: AgencyId, ids: readonly string[], most: number): Promise<AffectedDisclosure[]>;
}
