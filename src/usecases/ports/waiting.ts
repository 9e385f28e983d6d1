/** What waits for an agency, across all kinds. */
import type { Instant } from '../../domain/facts.ts';
import type { WaitingType } from '../../domain/waiting.ts';
import type { Actor, Position } from './ground.ts';

export interface WaitingRecord {
  type: WaitingType;
  id: string;
  clientId: string | null;
  since: Instant;
  dueDate: string | null;
  urgency: string | null;
}

export interface WaitingStore {
  list(actor: Actor, after: Position | null, most: number): Promise<WaitingRecord[]>;
}
