/** Every operation of the service, in the order of the docs. Both doors are made from this list. */
import { agencyOperations } from './agencies.ts';
import { agreementOperations } from './agreements.ts';
import { clientOperations } from './clients.ts';
import { consentOperations } from './consent.ts';
import { correctionOperations } from './corrections.ts';
import { entryOperations } from './entries.ts';
import { forwardingOperations } from './forwardings.ts';
import { laufzettelOperations } from './laufzettel.ts';
import type { Operation } from './operation.ts';
import { requestOperations } from './requests.ts';

export const OPERATIONS = [
  ...agencyOperations,
  ...agreementOperations,
  ...clientOperations,
  ...consentOperations,
  ...entryOperations,
  ...correctionOperations,
  ...laufzettelOperations,
  ...forwardingOperations,
  ...requestOperations,
] as const satisfies readonly Operation[];

export type OperationId = (typeof OPERATIONS)[number]['id'];
