/** A round in the words of a German desk. */
import type { RoundView } from '../contract/rounds.ts';

type Item = RoundView['sections'][number]['items'][number];
type Section = RoundView['sections'][number]['section'];

/** title: what it is. at: what its instant is. */
export const SECTION_WORDS: Record<Section, { title: string; at: string }> = {
  NEW: { title: 'Neu', at: 'Gesendet' },
  CHANGED: { title: 'Geändert', at: 'Geändert' },
  UNANSWERED: { title: 'Unbeantwortet', at: 'Offen seit' },
  OVERDUE: { title: 'Überfällig', at: 'Überfällig seit' },
  ENDED: { title: 'Beendet', at: 'Beendet' },
  CONSENT_ENDING: { title: 'Einwilligung endet', at: 'Lesbar bis' },
  PLAN_REVIEW: { title: 'Plan überprüfen', at: 'Überprüfung am' },
};

export const STATUS_WORDS: Record<Item['status'], string> = {
  SENT: 'gesendet',
  DELIVERED: 'abgeholt',
  ACCEPTED: 'angenommen',
  IN_PROGRESS: 'in Bearbeitung',
  ON_HOLD: 'zurückgestellt',
  ANSWERED: 'beantwortet',
  CLOSED: 'abgeschlossen',
  REJECTED: 'abgelehnt',
  RECALLED: 'zurückgezogen',
  EXPIRED: 'verfallen',
  BLOCKED: 'gesperrt',
};

export const KIND_WORDS: Record<Item['kind'], string> = {
  FALLMITTEILUNG: 'Fallmitteilung',
  LEISTUNGSMITTEILUNG: 'Leistungsmitteilung',
  BERATUNGSANFRAGE: 'Beratungsanfrage',
  FOERDERPLAN: 'Förderplan',
  BERUFSWEGEPLANUNG: 'Berufswegeplanung',
  SPRACHKURS: 'Sprachkurs',
  TERMIN: 'Termin',
  FALLBESPRECHUNG: 'Fallbesprechung',
};

export const DIRECTION_WORDS: Record<Item['direction'], string> = { SENT: 'von uns', RECEIVED: 'an uns' };

const BERLIN = new Intl.DateTimeFormat('de-DE', {
  timeZone: 'Europe/Berlin',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** `07.12.2026 08:00`, which a spreadsheet takes for an instant. */
export const instantWords = (at: string): string => BERLIN.format(new Date(at)).replace(',', '');

/** `07.12.2026` */
export const dayWords = (day: string): string => day.split('-').reverse().join('.');
