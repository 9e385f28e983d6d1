/** Every operation of the service, in the order of the docs. Both doors are made from this list. */
import { agencyOperations } from './agencies.ts';
import { agreementVersionOperations } from './agreement-versions.ts';
import { agreementOperations } from './agreements.ts';
import { clientOperations } from './clients.ts';
import { closureOperations } from './closures.ts';
import { codeListOperations } from './code-lists.ts';
import { conferenceOperations } from './conferences.ts';
import { consentOperations } from './consent.ts';
import { consentFormOperations } from './consent-form.ts';
import { consentTextOperations } from './consent-texts.ts';
import { correctionOperations } from './corrections.ts';
import { entryOperations } from './entries.ts';
import { erasureOperations } from './erasure.ts';
import { eventOperations } from './events.ts';
import { forwardingOperations } from './forwardings.ts';
import { handlingOperations } from './handling.ts';
import { laufzettelOperations } from './laufzettel.ts';
import { linkingOperations } from './linking.ts';
import type { Operation } from './operation.ts';
import { ownPageOperations } from './own-page.ts';
import { planOperations } from './plans.ts';
import { proposalOperations } from './proposals.ts';
import { requestOperations } from './requests.ts';
import { roundOperations } from './rounds.ts';
import { systemOperations } from './systems.ts';
import { unacknowledgedOperations } from './unacknowledged.ts';
import { waitingOperations } from './waiting.ts';
import { webhookOperations } from './webhooks.ts';

export const OPERATIONS = [
  ...agencyOperations,
  ...systemOperations,
  ...agreementOperations,
  ...agreementVersionOperations,
  ...clientOperations,
  ...linkingOperations,
  ...erasureOperations,
  ...consentOperations,
  ...consentTextOperations,
  ...consentFormOperations,
  ...proposalOperations,
  ...entryOperations,
  ...correctionOperations,
  ...codeListOperations,
  ...laufzettelOperations,
  ...forwardingOperations,
  ...handlingOperations,
  ...closureOperations,
  ...unacknowledgedOperations,
  ...ownPageOperations,
  ...requestOperations,
  ...planOperations,
  ...waitingOperations,
  ...roundOperations,
  ...conferenceOperations,
  ...eventOperations,
  ...webhookOperations,
] as const satisfies readonly Operation[];

export type OperationId = (typeof OPERATIONS)[number]['id'];
