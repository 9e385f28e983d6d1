/** Agencies and their systems. */
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { Actor, Position } from './ground.ts';

export interface AgencyRecord {
  id: AgencyId;
  kind: string;
  name: string;
  sponsor: string;
  publicBody: boolean;
  legalRegime: string;
  services: string[];
  targetGroups: string[];
  topics: string[];
  languages: string[];
  /** ISO 3166-2:DE without "DE-"; null: not said. */
  land: string | null;
  suspendedAt: Instant | null;
  createdAt: Instant;
}

export interface SystemRecord {
  clientId: string;
  agencyId: AgencyId;
  scopes: string[];
  /** `kid` of each of its keys. */
  keyIds: string[];
  createdAt: Instant;
  disabledAt: Instant | null;
}

export type SystemChange = { change: 'REKEY'; jwks: unknown } | { change: 'DISABLE'; jwks: null };

export interface AgencyStore {
  /** null: the agency is not the actor's to look after. */
  systems(actor: Actor, agencyId: AgencyId): Promise<SystemRecord[] | null>;
  /** null: no such system of that agency, or not the actor's. */
  changeSystem(
    actor: Actor,
    agencyId: AgencyId,
    clientId: string,
    change: SystemChange,
  ): Promise<{ outcome: 'ok'; system: SystemRecord } | { outcome: 'disabled' } | null>;
  list(actor: Actor, after: Position | null, most: number): Promise<AgencyRecord[]>;
  get(actor: Actor, id: AgencyId): Promise<AgencyRecord | null>;
  create(actor: Actor, agency: Omit<AgencyRecord, 'suspendedAt' | 'createdAt'>): Promise<void>;
  registerSystem(
    actor: Actor,
    system: { clientId: string; agencyId: AgencyId | null; scopes: readonly string[]; jwks: unknown },
  ): Promise<{ outcome: 'ok'; createdAt: Instant } | { outcome: 'not-found' | 'conflict' }>;
}
