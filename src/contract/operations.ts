/** Every operation of the service, in the order of the docs. Both doors are made from this list. */
import { agencyOperations } from './agencies.ts';
import { agreementOperations } from './agreements.ts';
import { clientOperations } from './clients.ts';
import { consentOperations } from './consent.ts';
import { entryOperations } from './entries.ts';
import { erasureOperations } from './erasure.ts';
import { forwardingOperations } from './forwardings.ts';
import { laufzettelOperations } from './laufzettel.ts';
import type { Operation } from './operation.ts';

export const OPERATIONS = [
  ...agencyOperations,
  ...agreementOperations,
  ...clientOperations,
  ...erasureOperations,
  ...consentOperations,
  ...entryOperations,
  ...laufzettelOperations,
  ...forwardingOperations,
] as const satisfies readonly Operation[];

export type OperationId = (typeof OPERATIONS)[number]['id'];
