/** A conference in the words of a German desk. */
import type { ConferenceView } from '../contract/conferences.ts';

type Named = Pick<ConferenceView, 'convenerName' | 'partnerName'>;

export const PLACE_WORDS: Record<ConferenceView['place'], (conference: Named) => string> = {
  OFFICE_CONVENER: ({ convenerName }) => `bei ${convenerName}`,
  OFFICE_PARTNER: ({ partnerName }) => `bei ${partnerName}`,
  ONLINE: () => 'online',
  PHONE: () => 'telefonisch',
};

/** Of what is planned it matters what the partner says. */
export const conferenceStatusWords = ({ status, answer }: Pick<ConferenceView, 'status' | 'answer'>): string => {
  if (status !== 'PLANNED') return { BEGUN: 'begonnen', ENDED: 'beendet', CANCELLED: 'abgesagt' }[status];
  if (answer === null) return 'geplant, noch nicht zugesagt';
  return answer === 'ACCEPTED' ? 'geplant, zugesagt' : 'geplant, vom Partner abgelehnt';
};
