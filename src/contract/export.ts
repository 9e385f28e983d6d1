/** What an agency takes away of its own: the lines of an export, which is HTTP's alone (ADR 23). */
import { z } from 'zod';
import type { Scope } from '../domain/permission.ts';
import type { Problem } from '../domain/problem.ts';
import { agreementVersionView } from './agreement-versions.ts';
import { agreementView } from './agreements.ts';
import { clientView, disclosureView } from './clients.ts';
import { id, instant } from './common.ts';
import { conferenceHeaderView } from './conferences.ts';
import { releaseView, statementView } from './consent.ts';
import { consentTextView } from './consent-texts.ts';
import { entryView } from './entries.ts';
import { forwardingHeaderView } from './forwardings.ts';
import { laufzettelView } from './laufzettel.ts';
import { ownPlanProposalView, planHeaderView } from './plans.ts';
import { proposalView } from './proposals.ts';
import { requestView } from './requests.ts';
import type { EntryView } from './views.ts';

/** The caller needs all of these: it takes away whatever they let it read. */
export const EXPORT_SCOPES: readonly Scope[] = ['laufzettel:read', 'consent:read'];

/** By the name of its one member, in the order in which they come; each as the operation for one of them answers it. */
export const EXPORT_LINES = {
  agreement: { view: agreementView, says: 'An agreement that you are a party of' },
  agreementVersion: { view: agreementVersionView, says: 'A version of that agreement, with its text and signatures' },
  client: { view: clientView, says: 'One of your clients; before all else that is about it' },
  statement: { view: statementView, says: 'What a client said, as far as you may see it' },
  release: { view: releaseView, says: 'A release from professional secrecy, as far as you may see it' },
  disclosure: { view: disclosureView, says: 'Who received what about a client, and what was answered when it ended' },
  entry: { view: entryView, says: 'An entry that you wrote, with its content' },
  consentText: { view: consentTextView, says: 'A text that you made for a client to sign' },
  laufzettel: { view: laufzettelView, says: 'A Laufzettel that you created' },
  request: { view: requestView, says: 'A request for a Laufzettel, sent or received' },
  forwardingSent: { view: forwardingHeaderView, says: 'The header of a forwarding by you' },
  forwardingReceived: { view: forwardingHeaderView, says: 'The header of a forwarding to you; its content is fetched' },
  proposal: { view: proposalView, says: 'A proposed consent, sent or received' },
  conference: { view: conferenceHeaderView, says: 'A conference, without its agenda; its minutes are entries' },
  plan: { view: planHeaderView, says: 'A plan that you opened, or that the other side has let you see' },
  planProposal: { view: ownPlanProposalView, says: 'What you proposed for a plan; its entry stands above' },
} as const satisfies Record<string, { view: z.ZodObject; says: string }>;
export type ExportType = keyof typeof EXPORT_LINES;

export const exportHead = z.object({
  asOf: instant.describe('Whatever had been answered by then is in it, and nothing that began after its first line'),
  agencyId: id,
});

/** Entries as viewEntry made them, and nothing else. */
export type ExportView = { type: 'entry'; view: EntryView } | { type: Exclude<ExportType, 'entry'>; view: unknown };

export interface Exporting {
  asOf: string;
  agencyId: string;
  /** A problem is the last of them: it goes no further. */
  views(): AsyncGenerator<ExportView | Problem>;
  close(): Promise<void>;
}
