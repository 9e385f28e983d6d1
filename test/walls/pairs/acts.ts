/**
 * What an agency does of its own: every operation that changes something, with its own things, with what is hidden from it, and
 * with what is not there. An operation that is missing here does not compile.
 */
import type { OPERATIONS } from '../../../src/contract/operations.ts';
import type { Input } from '../../support/both-doors.ts';
import { MASTER } from '../scenes.ts';
import type { Ids } from './knowledge.ts';

type PostId = Extract<(typeof OPERATIONS)[number], { method: 'POST' }>['id'];

export interface World {
  /** What the agency knows. */
  known: Ids;
  hidden: Ids;
  /** A yes whose days fit the exchange's clock. */
  yes(more: Record<string, unknown>): Record<string, unknown>;
  no(more?: Record<string, unknown>): Record<string, unknown>;
  self: string;
}
type Act = ((world: World) => Input[]) | { leftOut: string };

const NOTHING = '01980000-0000-7000-8000-00000000dead';
/** Others, at most so many: what is asked of one agency is much like what is asked of another. */
const others = ({ known, self }: World, most: number): string[] =>
  known.agency.filter((one) => one !== self).slice(0, most);
const first = (ids: readonly string[]): string => ids[0] ?? NOTHING;
const and = (ids: readonly string[], hidden: readonly string[], most = 3): string[] => [
  ...ids.slice(0, most),
  ...hidden.slice(0, 2),
];

/** A step of a forwarding, with versions that it may have: each is tried, and at most one fits. */
const step =
  (versions: readonly number[], more: Record<string, unknown> = {}) =>
  ({ known, hidden }: World): Input[] =>
    and(known.forwarding, hidden.forwarding, 4).flatMap((forwardingId) =>
      versions.map((expectedVersion) => ({ params: { forwardingId }, body: { expectedVersion, ...more } })),
    );
const ending = ({ known, hidden }: World): Input[] =>
  and(known.laufzettel, hidden.laufzettel, 2).map((laufzettelId) => ({
    params: { laufzettelId },
    body: { expectedVersion: 1 },
  }));
/** Everything on it, an entry that is hidden, one that is not there: to one agency each. */
const sending = (world: World): Input[] =>
  and(world.known.laufzettel, world.hidden.laufzettel).flatMap((laufzettelId, index) => {
    const [one, other] = [others(world, 9)[index % 4], others(world, 9)[(index + 1) % 4]];
    const params = { laufzettelId };
    return [
      { params, body: { recipient: one } },
      { params, body: { recipient: other, entryIds: [first(world.known.entry), first(world.hidden.entry)] } },
      { params, body: { recipient: other, entryIds: [NOTHING] } },
    ];
  });
const aboutClients = ({ known, hidden }: World, body: Record<string, unknown>): Input[] =>
  and(known.client, hidden.client, 2).map((clientId) => ({ params: { clientId }, body }));
const setting = (kind: 'proposal' | 'request', param: string, body?: Record<string, unknown>) =>
  (({ known, hidden }) =>
    and(known[kind], hidden[kind]).map((id) => ({ params: { [param]: id }, ...(body ? { body } : {}) }))) as (
    world: World,
  ) => Input[];

/** Whole new terms that leave out a category. */
const AMENDED = (parties: readonly string[]) => ({
  title: 'Vereinbarung',
  parties: parties.slice(0, 5),
  purposes: ['BERATUNG', 'SCHULE', 'TERMIN'],
  categories: ['STAMMDATEN', 'KONTAKT'],
  until: null,
  turnus: null,
  daysToRemind: 3,
  daysToAccept: 14,
  daysToAnswer: 28,
  daysToAcknowledge: 14,
});
const inADay = ({ yes }: World): string =>
  new Date(Date.parse(String(yes({}).validFrom)) + 24 * 3_600_000).toISOString();
/** About each conference that it knows of, and what is none. */
const conferring =
  (bodies: (world: World) => Record<string, unknown>[]) =>
  (world: World): Input[] =>
    and(world.known.conference, world.hidden.conference, 2).flatMap((conferenceId) =>
      bodies(world).map((body) => ({ params: { conferenceId }, body })),
    );
const stepping = (...versions: number[]) => conferring(() => versions.map((expectedVersion) => ({ expectedVersion })));
const discussing = conferring(({ known, hidden }) =>
  [...known.laufzettel.slice(0, 4), first(hidden.laufzettel)].map((laufzettelId) => ({ laufzettelId })),
);

const ADMITTING = { leftOut: 'the directory is the same for everybody; no withheld thing can be named' };

const ADDRESSES = { leftOut: 'a webhook is of its agency alone, and is sent what the feed says' };

/** In the order in which they are done. */
export const ACTS: Record<PostId, Act> = {
  createAgency: ADMITTING,
  registerSystem: ADMITTING,
  suspendAgency: ADMITTING,
  reinstateAgency: ADMITTING,
  replaceSystemKeys: ADMITTING,
  disableSystem: ADMITTING,
  registerWebhook: ADDRESSES,
  confirmWebhook: ADDRESSES,
  testWebhook: ADDRESSES,
  rotateWebhookSecret: ADDRESSES,
  resendToWebhook: ADDRESSES,
  disableWebhook: ADDRESSES,
  enableWebhook: ADDRESSES,
  createAgreement: ({ known }) => [
    {
      body: {
        title: 'Vereinbarung',
        parties: known.agency.slice(0, 3),
        purposes: ['SCHULE'],
        categories: ['SCHULE'],
        from: '2026-01-01',
      },
    },
  ],
  signAgreement: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).map((agreementId) => ({
      params: { agreementId },
      body: { number: 1, signature: 'eyJhbGciOiJFUzM4NCIsImtpZCI6IngifQ..c2ln' },
    })),
  amendAgreement: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).map((agreementId) => ({
      params: { agreementId },
      body: AMENDED(known.agency),
    })),
  previewAgreementChange: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).flatMap((agreementId) => [
      { params: { agreementId }, body: { change: 'LEAVE' } },
      { params: { agreementId }, body: { change: 'SIGN' } },
      { params: { agreementId }, body: { change: 'TERMINATE' } },
    ]),
  withdrawAmendment: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).map((agreementId) => ({ params: { agreementId } })),
  createClient: () => [{ body: { fileReference: 'Akte 0815' } }, { body: {} }],
  findClient: () => ['Akte 0815', 'Akte H 1', 'Akte Z'].map((fileReference) => ({ body: { fileReference } })),
  previewForwarding: sending,
  addEntry: (world) => aboutClients(world, { ...MASTER }),
  correctEntry: ({ known, hidden }) =>
    and(known.entry, hidden.entry).map((entryId) => ({
      params: { entryId },
      body: { payload: { familienname: 'Erfunden', vorname: 'Amina' } },
    })),
  createLaufzettel: (world) =>
    and(world.known.client, world.hidden.client, 2).flatMap((clientId) => [
      { body: { clientId, kind: 'TERMIN', purpose: 'TERMIN', route: others(world, 2) } },
      {
        body: {
          clientId,
          kind: 'FALLMITTEILUNG',
          purpose: 'BERATUNG',
          entryIds: [first(world.known.entry), first(world.hidden.entry)],
        },
      },
      { body: { clientId, kind: 'TERMIN', purpose: 'TERMIN', agreementId: first(world.hidden.agreement) } },
    ]),
  addToLaufzettel: ({ known, hidden }) =>
    and(known.laufzettel, hidden.laufzettel).flatMap((laufzettelId) => [
      { params: { laufzettelId }, body: { entries: [{ ...MASTER }] } },
      { params: { laufzettelId }, body: { entryIds: [first(hidden.entry)] } },
    ]),
  recordStatement: (world) => [
    // Shorter than what stands: asks whether that is meant.
    ...others(world, 4).flatMap((recipient) =>
      aboutClients(world, world.yes({ recipient, categories: ['STAMMDATEN', 'SCHULE'], form: 'ORAL' })),
    ),
    ...aboutClients(
      world,
      world.yes({ discloser: first(world.hidden.agreement), recipient: NOTHING, categories: ['TERMIN'] }),
    ),
  ],
  recordRelease: (world) =>
    others(world, 1).flatMap((recipient) => {
      const { purpose: _none, ...body } = world.yes({ recipient, categories: ['BERATUNGSNOTIZ'] });
      return aboutClients(world, body);
    }),
  recordConsentForm: ({ known, hidden, yes, self }) => {
    const { decision: _given, purpose: _none, ...sheet } = yes({});
    const recipient = known.agency.find((one) => one !== self);
    const lines = [{ type: 'STATEMENT', decision: 'GIVEN', recipient, purpose: 'SCHULE', categories: ['SCHULE'] }];
    return and(known.client, hidden.client, 1).map((clientId) => ({ params: { clientId }, body: { ...sheet, lines } }));
  },
  startConsentConversation: (world) => {
    const asking = { language: 'fa', statedBy: 'PERSON', ageBand: 'ADULT', months: 6 };
    return and(world.known.client, world.hidden.client, 2).flatMap((clientId) =>
      sending(world).map(({ body }, index) => {
        const laufzettelId = world.known.laufzettel[index % 2] ?? world.hidden.laufzettel[0] ?? NOTHING;
        return { params: { clientId }, body: { ...asking, from: { ...(body as object), laufzettelId } } };
      }),
    );
  },
  forwardLaufzettel: sending,
  acceptForwarding: step([1, 2]),
  progressForwarding: step([3]),
  holdForwarding: step([4]),
  answerForwarding: step([5]),
  closeForwarding: step([6]),
  rejectForwarding: step([1, 2], { code: 'NO_CAPACITY' }),
  recallForwarding: step([1, 2]),
  createRequest: (world) =>
    and(world.known.client, world.hidden.client, 2).flatMap((clientId) =>
      others(world, 3).map((agencyId) => ({
        body: { clientId, agencyId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' },
      })),
    ),
  declineRequest: setting('request', 'requestId', { expectedVersion: 1, code: 'NO_CAPACITY' }),
  withdrawRequest: setting('request', 'requestId', { expectedVersion: 1 }),
  proposeConsent: (world) => {
    const [discloser, recipient] = others(world, 2);
    const { decision: _given, ...body } = world.yes({ recipient, categories: ['SCHULE'], purpose: 'SCHULE' });
    return aboutClients(world, { type: 'STATEMENT', discloser, ...body });
  },
  confirmProposal: setting('proposal', 'proposalId', {}),
  declineProposal: setting('proposal', 'proposalId'),
  withdrawProposal: setting('proposal', 'proposalId'),
  issueLinkCode: (world) => others(world, 1).flatMap((agencyId) => aboutClients(world, { agencyId })),
  revokeLinkCode: ({ known, hidden }) =>
    and(known.client, hidden.client, 1).flatMap((clientId) =>
      and(known.linkCode, hidden.linkCode, 2).map((linkCodeId) => ({ params: { clientId, linkCodeId } })),
    ),
  redeemLinkCode: ({ known, hidden }) => [
    { body: { code: '7K3M-QX0R-9D2T-4WZ8', clientId: first(known.client) } },
    { body: { code: '7K3M-QX0R-9D2T-4WZ8', clientId: first(hidden.client) } },
  ],
  unlinkClient: ({ known, hidden }) =>
    and(known.client, hidden.client, 2).flatMap((clientId) =>
      and(known.link, hidden.link, 2).map((linkId) => ({ params: { clientId, linkId }, body: {} })),
    ),
  planConference: (world) =>
    others(world, 3).map((partner) => ({ body: { partner, beginsAt: inADay(world), place: 'ONLINE' } })),
  declineConference: stepping(1),
  moveConference: conferring((world) => [{ expectedVersion: 1, beginsAt: inADay(world), place: 'PHONE' }]),
  acceptConference: stepping(1, 2),
  addToAgenda: discussing,
  removeFromAgenda: discussing,
  beginConference: stepping(2, 3),
  recordMinutes: conferring(({ known, hidden }) =>
    [first(known.laufzettel), first(hidden.laufzettel)].map((laufzettelId) => ({ laufzettelId, entry: { ...MASTER } })),
  ),
  createConferenceTask: conferring(({ known }) => [
    { aboutLaufzettelId: first(known.laufzettel), kind: 'TERMIN', purpose: 'TERMIN' },
  ]),
  endConference: stepping(3, 4),
  cancelConference: stepping(1, 2, 3),
  openPlan: (world) =>
    and(world.known.laufzettel, world.hidden.laufzettel, 2).flatMap((laufzettelId) =>
      others(world, 1).map((partner) => ({ body: { laufzettelId, partner, nameCode: 'FOERDERPLAN' } })),
    ),
  proposePlanPart: ({ known, hidden }) =>
    and(known.plan, hidden.plan, 2).flatMap((planId) => [
      { params: { planId }, body: { entryId: first(known.entry) } },
      { params: { planId }, body: { entryId: first(hidden.entry) } },
    ]),
  answerPlanProposal: ({ known, hidden }) =>
    and(known.plan, hidden.plan, 2).flatMap((planId) =>
      and(known.planProposal, hidden.planProposal, 2).map((planProposalId) => ({
        params: { planId, planProposalId },
        body: { answer: 'DECLINE', code: 'OUTDATED' },
      })),
    ),
  withdrawPlanProposal: ({ known, hidden }) =>
    and(known.plan, hidden.plan, 2).flatMap((planId) =>
      and(known.planProposal, hidden.planProposal, 2).map((planProposalId) => ({ params: { planId, planProposalId } })),
    ),
  completeLaufzettel: ending,
  cancelLaufzettel: ending,
  answerClosure: ({ known, hidden }) =>
    and(known.disclosure, hidden.disclosure, 6).map((disclosureId) => ({
      params: { disclosureId },
      body: { answer: 'ERASED' },
    })),
  // Not confirmed: it tells what would end, and nothing does.
  terminateAgreement: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).map((agreementId) => ({ params: { agreementId }, body: {} })),
  leaveAgreement: ({ known, hidden }) =>
    and(known.agreement, hidden.agreement).map((agreementId) => ({ params: { agreementId }, body: {} })),
  eraseClient: (world) => aboutClients(world, {}),
};
