/**
 * What an agency is told of: every change that concerns it and that it did not make itself, and what time brings. An event says
 * by ids what has changed and nothing about anybody; whoever wants to know more asks, and is checked.
 */

/** The ids that an event may name. */
export const EVENT_IDS = [
  'forwardingId',
  'laufzettelId',
  'entryId',
  'disclosureId',
  'clientId',
  'newClientId',
  'linkId',
  'requestId',
  'proposalId',
  'agreementId',
  'agencyId',
  'systemId',
  'webhookId',
  'statementId',
  'releaseId',
  'roundId',
  'conferenceId',
  'planId',
  'planProposalId',
] as const;
export type EventIdName = (typeof EVENT_IDS)[number];

interface EventKind {
  /** Which of its ids it is about; the CloudEvent's `subject`. */
  about: EventIdName;
  /** What has happened, to the one who is told. */
  says: string;
}

/** By type, in the order of the docs. */
export const EVENT_TYPES = {
  'forwarding.received': { about: 'forwardingId', says: 'A Laufzettel was forwarded to you' },
  'forwarding.delivered': { about: 'forwardingId', says: 'Its recipient has read it for the first time' },
  'forwarding.accepted': { about: 'forwardingId', says: 'Its recipient has accepted it' },
  'forwarding.rejected': { about: 'forwardingId', says: 'Its recipient has rejected it' },
  'forwarding.in_progress': { about: 'forwardingId', says: 'Its recipient works on it' },
  'forwarding.on_hold': { about: 'forwardingId', says: 'Its recipient has put it on hold' },
  'forwarding.answered': { about: 'forwardingId', says: 'Its recipient has answered it' },
  'forwarding.closed': { about: 'forwardingId', says: 'The other side has closed it' },
  'forwarding.recalled': { about: 'forwardingId', says: 'Its sender has recalled it' },
  'forwarding.expired': { about: 'forwardingId', says: 'Nobody accepted it in time' },
  'forwarding.blocked': { about: 'forwardingId', says: 'The last of what it disclosed has closed' },
  'forwarding.client-changed': {
    about: 'forwardingId',
    says: 'It names another handle of yours, after a link has ended',
  },
  'forwarding.reminder': { about: 'forwardingId', says: 'It waits for you to accept or reject it' },
  'forwarding.answer-due': { about: 'forwardingId', says: 'The day has come on which you should have answered it' },
  'forwarding.unanswered': { about: 'forwardingId', says: 'The day has come for its answer, and there is none' },
  'forwarding.due': { about: 'forwardingId', says: 'Its due date begins, or the last working day before it' },
  'forwarding.overdue': { about: 'forwardingId', says: 'Its due date has passed' },
  'laufzettel.completed': { about: 'laufzettelId', says: 'Its creator has completed it' },
  'laufzettel.cancelled': { about: 'laufzettelId', says: 'Its creator has cancelled it' },
  'entry.forwarded': { about: 'entryId', says: 'What you wrote was forwarded by another agency' },
  'entry.corrected': { about: 'entryId', says: 'An entry was corrected; this is the new one' },
  'disclosure.closed': {
    about: 'disclosureId',
    says: 'A disclosure has closed; what was read of it is owed an answer',
  },
  'disclosure.ending': { about: 'disclosureId', says: 'A disclosure ends within 30 days, as far as is known' },
  'disclosure.answer-due': {
    about: 'disclosureId',
    says: 'It has closed, and you still owe the answer what you did with your copy',
  },
  'disclosure.answered': { about: 'disclosureId', says: 'Its recipient has said what it did with its copy' },
  'consent.ending': { about: 'statementId', says: 'A yes that you hold ends within 30 days, and nothing renews it' },
  'release.ending': { about: 'releaseId', says: 'A release that you hold ends within 30 days, and nothing renews it' },
  'disclosure.unacknowledged': {
    about: 'disclosureId',
    says: 'Its recipient has not answered its closing in the days that the agreement gives',
  },
  'disclosure.fetched': {
    about: 'disclosureId',
    says: 'Its recipient has read it for the first time; of what you sent, only where the forwarding had been delivered before',
  },
  'disclosure.end-changed': {
    about: 'disclosureId',
    says: 'What you wrote is now disclosed until another instant than before, as far as known',
  },
  'statement.recorded': { about: 'statementId', says: 'Another agency has recorded a no that you are shown' },
  'release.recorded': {
    about: 'releaseId',
    says: 'Another agency has recorded the withdrawal of a release that you are shown',
  },
  'request.received': { about: 'requestId', says: 'Another agency asks you for a Laufzettel' },
  'request.fulfilled': { about: 'requestId', says: 'Your request was answered by a forwarding' },
  'request.declined': { about: 'requestId', says: 'Your request was declined' },
  'request.withdrawn': { about: 'requestId', says: 'A request is open no more' },
  'request.expired': { about: 'requestId', says: 'Nobody answered a request in time' },
  'proposal.received': { about: 'proposalId', says: 'Another agency proposes a yes that you have to confirm' },
  'proposal.confirmed': { about: 'proposalId', says: 'What you proposed was confirmed' },
  'proposal.withdrawn': { about: 'proposalId', says: 'A proposal to you was withdrawn' },
  'proposal.lapsed': { about: 'proposalId', says: 'A proposal by you or to you has lapsed' },
  'client.linked': { about: 'clientId', says: 'The code of your client was redeemed by another agency' },
  'client.unlinked': { about: 'clientId', says: 'The other agency has ended a link' },
  'client.split': { about: 'clientId', says: 'A link has ended, and you have a new handle beside the old one' },
  'client.changed': {
    about: 'clientId',
    says: 'Other statements, releases or disclosures of your client are shown to you than before',
  },
  'client.erased': { about: 'clientId', says: 'What you had written about a client was erased again, after a restore' },
  'agreement.created': { about: 'agreementId', says: 'An agreement was drafted that you are a party of' },
  'agreement.signed': { about: 'agreementId', says: 'Another agency has signed it, or its open amendment' },
  'agreement.amendment-proposed': {
    about: 'agreementId',
    says: 'An amendment of it was proposed; it waits for the signatures of all',
  },
  'agreement.amendment-withdrawn': { about: 'agreementId', says: 'The open amendment was withdrawn' },
  'agreement.amended': { about: 'agreementId', says: 'A new version is in force, for all have signed it' },
  'agreement.party-left': { about: 'agreementId', says: 'A party has left it' },
  'agreement.terminated': { about: 'agreementId', says: 'It was terminated' },
  'agency.suspended': { about: 'agencyId', says: 'You, or an agency that you have an agreement with, were suspended' },
  'agency.reinstated': { about: 'agencyId', says: 'That suspension was lifted' },
  'agreement.ending': { about: 'agreementId', says: 'An agreement that you are a party of ends within 30 days' },
  'round.published': { about: 'roundId', says: 'A round of an agreement is there for you' },
  'conference.invited': { about: 'conferenceId', says: 'Another agency invites you to a conference' },
  'conference.accepted': { about: 'conferenceId', says: 'Its partner has accepted the invitation' },
  'conference.declined': { about: 'conferenceId', says: 'Its partner has declined the invitation' },
  'conference.moved': { about: 'conferenceId', says: 'It is to take place at another time or place; answer again' },
  'conference.agenda-changed': {
    about: 'conferenceId',
    says: 'The other side has put a Laufzettel on its agenda, or taken one off',
  },
  'conference.upcoming': { about: 'conferenceId', says: 'It is planned for your next working day' },
  'conference.begun': { about: 'conferenceId', says: 'The other side has begun it' },
  'conference.ended': {
    about: 'conferenceId',
    says: 'The other side has ended it; or time has, the end of the agreement or a suspension',
  },
  'conference.cancelled': {
    about: 'conferenceId',
    says: 'The other side has cancelled it; or time has, the end of the agreement or a suspension',
  },
  'plan.proposed': { about: 'planProposalId', says: 'The other side of a plan has proposed a part of it' },
  'plan.accepted': { about: 'planProposalId', says: 'What you proposed for a plan was accepted' },
  'plan.declined': { about: 'planProposalId', says: 'What you proposed for a plan was declined' },
  'plan.withdrawn': { about: 'planProposalId', says: 'The other side has withdrawn what it had proposed for a plan' },
  'plan.review-due': {
    about: 'planProposalId',
    says: 'The day has come to look at a part of a plan again, or the last working day before it',
  },
  'system.registered': { about: 'systemId', says: 'A system was registered for you' },
  'system.rekeyed': { about: 'systemId', says: 'The keys of a system of yours were replaced' },
  'system.disabled': { about: 'systemId', says: 'A system of yours was switched off' },
  'webhook.disabled': {
    about: 'webhookId',
    says: 'A webhook of yours is sent nothing more: its address is gone, or took nothing for days',
  },
} as const satisfies Record<string, EventKind>;
export type EventType = keyof typeof EVENT_TYPES;
