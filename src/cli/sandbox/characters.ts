/** The partners that the sandbox plays, each with a way of its own, so that one's system meets every outcome. */
import { answerIt, holdIt, leaveIt, rejectIt } from './handling.ts';
import type { PartnerSystem } from './partner-system.ts';

export interface Character {
  /** Its OAuth client, and the name of its key file. */
  readonly system: string;
  /** For the person who reads the banner. */
  readonly does: string;
  /** What it does with a forwarding that it finds in its inbox. */
  handle(system: PartnerSystem, forwardingId: string): Promise<void>;
}

export const CHARACTERS: readonly Character[] = [
  {
    system: 'diakonie-pinneberg',
    does: 'reads, accepts, works on it, and answers with a RUECKMELDUNG; sends what you request',
    handle: answerIt,
  },
  { system: 'caritas-pinneberg', does: 'reads, and rejects with NO_CAPACITY', handle: rejectIt },
  { system: 'tgsh-pinneberg', does: 'reads, accepts, begins, and puts it on hold', handle: holdIt },
  { system: 'kirchenkreis-rantzau', does: 'never reads: recall it, or let it expire', handle: leaveIt },
];
