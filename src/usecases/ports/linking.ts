/** Linking handles by a code: codes, links, and what a transaction does with them. */
import type { AgencyId, Instant, PersonId } from '../../domain/facts.ts';
import type { Actor, Position } from './ground.ts';

export type LinkCodeStatus = 'OPEN' | 'USED' | 'REVOKED' | 'REPLACED' | 'EXPIRED';

/** A code without itself. */
export interface LinkCodeRecord {
  id: string;
  clientId: string;
  /** The one agency that it is for. */
  agencyId: AgencyId;
  issuedAt: Instant;
  expiresAt: Instant;
  status: LinkCodeStatus;
}

/** A link as one of its two agencies sees it. */
export interface LinkRecord {
  id: string;
  clientId: string;
  withAgency: AgencyId;
  linkedAt: Instant;
  endedAt: Instant | null;
}

/** Makes codes and recognises them; the code follows from its id, so it is kept nowhere. */
export interface LinkCodeKey {
  codeOf(id: string): string;
  /** What is kept of a code. */
  hashOf(code: string): Buffer;
}

export interface LinkingStore {
  issueCode(
    actor: Actor,
    code: { id: string; clientId: string; agencyId: AgencyId; hash: Buffer },
  ): Promise<LinkCodeRecord | 'client-not-found' | 'agency-unknown' | 'too-many'>;
  revokeCode(actor: Actor, clientId: string, codeId: string): Promise<LinkCodeRecord | 'not-found' | 'conflict'>;
  codes(actor: Actor, clientId: string, after: Position | null, most: number): Promise<LinkCodeRecord[] | null>;
  links(actor: Actor, clientId: string, after: Position | null, most: number): Promise<LinkRecord[] | null>;
}

/** A handle that an agency needs when a link ends, on the person of another handle. */
export interface NeededHandle {
  agency: AgencyId;
  beside: string;
}

/** The part of a closing transaction that unites persons and parts them again. */
export interface LinkingTransaction {
  /** Gives the actor's handle, and the persons whose open disclosures have to be decided again. */
  linkByCode(
    actor: Actor,
    hash: Buffer,
    link: { linkId: string; clientId: string | null; newHandle: { id: string; wrapped: Buffer } },
  ): Promise<{ clientId: string; persons: PersonId[] } | 'client-not-found' | 'refused'>;
  /** null: not a link of that handle, or not the actor's. */
  lockLink(actor: Actor, clientId: string, linkId: string): Promise<{ ended: boolean; missing: NeededHandle[] } | null>;
  /** Gives ids of rows that close whatever else would permit them now. */
  endLink(
    actor: Actor,
    clientId: string,
    linkId: string,
    newHandles: (NeededHandle & { id: string; wrapped: Buffer })[],
  ): Promise<{ link: LinkRecord; persons: PersonId[]; ending: string[] }>;
}
