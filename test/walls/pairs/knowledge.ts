/** The ids that an agency knows: those that it was told. What is about each kind of thing is asked by them. */
export const KINDS_OF_IDS = [
  'agency',
  'agreement',
  'client',
  'linkCode',
  'link',
  'proposal',
  'consentText',
  'entry',
  'laufzettel',
  'forwarding',
  'disclosure',
  'request',
  'round',
  'conference',
  'plan',
  'planProposal',
  'webhook',
] as const;
const UUID = /^[0-9a-f-]{36}$/;
export type KindOfId = (typeof KINDS_OF_IDS)[number];
export type Ids = Record<KindOfId, string[]>;

export const noIds = (): Ids =>
  Object.fromEntries(KINDS_OF_IDS.map((kind) => [kind, [] as string[]])) as unknown as Ids;

/** Members that name a thing of that kind wherever they stand. */
const MEMBER: Record<string, KindOfId> = {
  agencyId: 'agency',
  agreementId: 'agreement',
  clientId: 'client',
  newClientId: 'client',
  linkCodeId: 'linkCode',
  linkId: 'link',
  proposalId: 'proposal',
  consentTextId: 'consentText',
  entryId: 'entry',
  entryIds: 'entry',
  laufzettelId: 'laufzettel',
  forwardingId: 'forwarding',
  disclosureId: 'disclosure',
  requestId: 'request',
  roundId: 'round',
  conferenceId: 'conference',
  planId: 'plan',
  planProposalId: 'planProposal',
  webhookId: 'webhook',
};

/** What the `id` of an operation's answer, or of the items in it, is the id of. */
const OWN_ID: Record<string, KindOfId> = {
  listAgencies: 'agency',
  listAgreements: 'agreement',
  listClients: 'client',
  listOpenClients: 'client',
  listLinkCodes: 'linkCode',
  listLinks: 'link',
  listProposals: 'proposal',
  listConsentTexts: 'consentText',
  listEntries: 'entry',
  listLaufzettel: 'laufzettel',
  listInbox: 'forwarding',
  listSent: 'forwarding',
  listDisclosures: 'disclosure',
  listRequests: 'request',
  listRounds: 'round',
  listConferences: 'conference',
  listPlans: 'plan',
  listWebhooks: 'webhook',
};

/** The kind of id that stands in a parameter of this name. */
export const kindOfParameter = (name: string): KindOfId => {
  const kind = MEMBER[name];
  if (kind === undefined) throw new Error(`an operation has a parameter "${name}", and nothing says what it names`);
  return kind;
};

/** Takes from an answer what it names, in the order of its members. */
export function learn(ids: Ids, operationId: string, value: unknown, isTop = true): void {
  if (Array.isArray(value)) {
    for (const one of value) learn(ids, operationId, one, isTop);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const kind = name === 'id' && isTop ? OWN_ID[operationId] : MEMBER[name];
      if (kind !== undefined) for (const one of [member].flat()) remember(ids[kind], one);
      learn(ids, operationId, member, isTop && name === 'items');
    }
  }
}

function remember(list: string[], one: unknown): void {
  // A system's clientId is a name.
  if (typeof one === 'string' && UUID.test(one) && !list.includes(one)) list.push(one);
}
